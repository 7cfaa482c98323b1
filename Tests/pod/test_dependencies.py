"""What an image's packages have to be: images/python/build/dependencies.py."""

import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../images/python/build/dependencies.py")


class Dependencies(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("dependencies.txt", "")
        self.write("requirements.txt", "redis==5.2.1\nPyYAML==6.0.3\n")

    def write(self, path, text):
        file = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)

    def setup(self, tree, requires, more=""):
        self.write(
            "declarations/%s/setup.py" % tree,
            "from setuptools import setup, find_packages\n%s\nsetup(name=%r, packages=find_packages(), install_requires=%r)\n"
            % (more, tree, requires),
        )

    def run_it(self, verb="extras"):
        paths = ["declarations", "dependencies.txt", "requirements.txt"][: {"extras": 3, "inputs": 2}[verb]]
        result = subprocess.run(
            [sys.executable, "-B", PROGRAM, verb] + [os.path.join(self.folder.name, path) for path in paths],
            capture_output=True, text=True, check=False,
        )
        return result.returncode, result.stdout.split("\n")[:-1], result.stderr

    def test_declarations_that_the_pins_meet_need_nothing_else(self):
        self.setup("hysds", ["redis==5.2.1", "pyyaml", "osaka>=1", "prov_es"])
        self.assertEqual(self.run_it(), (0, [], ""))

    def test_what_nobody_pinned_is_installed_besides(self):
        self.setup("my-pge", ["rasterio>=1.3", "redis"])
        self.write("declarations/other/requirements.txt", "# c\nshapely<3  # reason\n\n")
        self.write(
            "declarations/third/pyproject.toml",
            "[project]\nname = 'third'\ndependencies = ['Py_YAML', 'xarray; python_version < \"2\"', 'third-helper']\n",
        )
        self.assertEqual(self.run_it()[:2], (0, ["Py_YAML", "rasterio>=1.3", "shapely<3", "third-helper"]))

    def test_a_declaration_against_a_pin_is_an_error_that_names_both(self):
        self.setup("hysds", ["redis>=6"])
        code, _, errors = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("hysds declares 'redis>=6', requirements.txt pins 5.2.1", errors)
        self.assertIn("other redis", errors)

    def test_a_reason_settles_it_and_must_be_there(self):
        self.setup("hysds", ["redis>=6", "awscli"])
        self.write("dependencies.txt", "other redis  # ran\nwithout awscli # 133 MB\n")
        self.assertEqual(self.run_it()[:2], (0, []))
        self.write("dependencies.txt", "without awscli\n")
        self.assertIn("dependencies.txt:1: expected a reason", self.run_it()[2])
        self.write("dependencies.txt", "skip awscli # x\n")
        self.assertIn("expected without, other, add or hold", self.run_it()[2])

    def test_inputs_are_what_is_declared_and_added_without_what_is_left_out(self):
        self.setup("hysds", ["redis>=6", "awscli", "lxml<5"])
        self.write("dependencies.txt", "without awscli # x\nadd flask-cors # imported\nhold celery<5.6 # y\n")
        self.assertEqual(self.run_it("inputs")[:2], (0, ["flask-cors", "lxml<5", "redis>=6"]))

    def test_a_setup_that_needs_a_file_says_which_tree(self):
        self.setup("mine", [], "open('README.md').read()")
        code, _, errors = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("mine/setup.py can't be read: FileNotFoundError", errors)
        self.write("declarations/mine/README.md", "x")
        self.assertEqual(self.run_it()[0], 0)

    def test_a_setup_may_import_its_own_package_and_two_of_one_name_stay_apart(self):
        for tree, version in (("a", "1"), ("b", "2")):
            self.write("declarations/%s/common/__init__.py" % tree, "need = 'p%s'" % version)
            self.setup(tree, [], "import common")
            self.write(
                "declarations/%s/setup.py" % tree,
                "import common\nfrom setuptools import setup\nsetup(install_requires=[common.need])\n",
            )
        self.assertEqual(self.run_it()[:2], (0, ["p1", "p2"]))

    def test_a_python_that_is_too_old_is_named(self):
        self.write(
            "declarations/hysds/setup.py", "from setuptools import setup\nsetup(name='hysds', python_requires='>=9.1')\n"
        )
        code, _, errors = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("hysds needs Python >=9.1, the base has", errors)
        self.assertIn("--build-arg BASE", errors)

    def test_the_shipped_files_can_be_read(self):
        images = os.path.join(os.path.dirname(PROGRAM), "../..")
        for image in ("mozart", "grq2", "pele", "worker"):
            result = subprocess.run(
                [sys.executable, "-B", PROGRAM, "holds", os.path.join(images, image, "dependencies.txt")],
                capture_output=True, text=True, check=False,
            )
            self.assertEqual((image, result.returncode, result.stderr), (image, 0, ""))


if __name__ == "__main__":
    unittest.main()
