"""sds-init: what it makes of a release, what it refuses, and what it keeps when it runs again."""

import json
import os
import shutil
import stat
import tarfile
import tempfile
import unittest

from packing import Member, Pod, Tree, release_json, sha

SETUP = 'from setuptools import setup\nimport hysds\nsetup(name="hysds", version=hysds.__version__)\n'
LINK = ("ops/hysds/celeryconfig.py", "/sds-secrets/ops/hysds/celeryconfig.py")


def hysds(version="1.2.3"):
    return Tree(
        "hysds",
        [
            Member("setup.py", SETUP),
            Member("hysds", kind="d"),
            Member("hysds/__init__.py", f'__version__ = "{version}"\n'),
            Member("hysds/run.sh", "#!/bin/sh\n", mode=0o755),
            Member("hysds/größe\n.txt", b"\x00\xff" * 4000),
            Member("latest", "hysds/run.sh", kind="l"),
        ],
    )


def rendered(text="{}"):
    return Tree("config", [Member("etc", kind="d"), Member("etc/datasets.json", text)], path="")


class InitTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="sds-init-")
        self.addCleanup(shutil.rmtree, folder)
        self.pod = Pod(folder)

    def succeed(self):
        result = self.pod.init()
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        return json.loads(result.stdout)

    def refuse(self, *words):
        result = self.pod.init()
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertEqual(result.stderr.strip(), self.pod.refusal().strip())
        for word in words:
            self.assertIn(word, self.pod.refusal())
        self.assertEqual([name for name in os.listdir(self.releases()) if name.startswith(".tmp")], [])
        self.assertFalse(os.path.exists(os.path.join(self.pod.folder, "outside")))
        return self.pod.refusal()

    def releases(self):
        return os.path.join(self.pod.root, "releases")


class AReleaseIsUnpacked(InitTest):
    def test_files_links_modes_and_records(self):
        digest = self.pod.mount([hysds(), rendered()], [LINK], sequence=7)
        self.succeed()
        self.assertEqual(os.readlink(self.pod.current), f"releases/{digest}")
        base = self.pod.current
        self.assertEqual(self.pod.read(base, "ops/hysds/hysds/__init__.py"), '__version__ = "1.2.3"\n')
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(base, "ops/hysds/hysds/run.sh")).st_mode), 0o755)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(base, "ops/hysds/setup.py")).st_mode), 0o644)
        self.assertEqual(os.path.getsize(os.path.join(base, "ops/hysds/hysds/größe\n.txt")), 8000)
        self.assertEqual(os.readlink(os.path.join(base, "ops/hysds/latest")), "hysds/run.sh")
        self.assertEqual(os.readlink(os.path.join(base, LINK[0])), LINK[1])
        self.assertEqual(self.pod.read(base, "etc/datasets.json"), "{}")
        self.assertEqual(self.pod.read(base, ".sds/sequence"), "7\n")
        self.assertFalse(os.path.exists(os.path.join(base, "ops/hysds/.sds-manifest")))
        metadata = self.pod.read(base, ".sds/dist-info/hysds-1.2.3.dist-info/METADATA")
        self.assertIn("Name: hysds\nVersion: 1.2.3\n", metadata)

    def test_rendered_files_and_secret_links_replace_files_of_the_code(self):
        tree = Tree("hysds", [Member("settings.cfg", "old"), Member("celeryconfig.py", "left over")])
        config = Tree("config", [Member("ops/hysds/settings.cfg", "new")], path="")
        self.pod.mount([config, tree], [LINK])
        self.succeed()
        self.assertEqual(self.pod.read(self.pod.current, "ops/hysds/settings.cfg"), "new")
        self.assertTrue(os.path.islink(os.path.join(self.pod.current, LINK[0])))
        self.assertEqual(self.succeed()["result"], "unchanged")

    def test_home_gets_links_and_files_that_are_exactly_0600(self):
        data = os.path.join(self.pod.secrets, "..2026_01_01", "home", ".aws")
        os.makedirs(data)
        for path, text in ((".aws/credentials", "key"), (".netrc-os", "default login a password b")):
            with open(os.path.join(self.pod.secrets, "..2026_01_01", "home", path), "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(file.name, 0o640)
        os.symlink("..2026_01_01", os.path.join(self.pod.secrets, "..data"))
        os.symlink("..data/home", os.path.join(self.pod.secrets, "home"))
        self.pod.mount([hysds()])
        for _ in range(2):
            self.succeed()
            for path in (".aws/credentials", ".netrc-os"):
                found = os.lstat(os.path.join(self.pod.home, path))
                self.assertTrue(stat.S_ISREG(found.st_mode))
                self.assertEqual(stat.S_IMODE(found.st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.pod.home, ".aws")).st_mode), 0o700)
            for component in ("mozart", "sciflo", "verdi", "metrics"):
                self.assertEqual(
                    os.readlink(os.path.join(self.pod.home, component, "ops")), os.path.join(self.pod.current, "ops")
                )

    def test_code_finds_its_modules_and_its_version(self):
        self.pod.mount([hysds()])
        self.succeed()
        self.pod.environment["SDS_TREES"] = "hysds"
        script = "import importlib.metadata as m, hysds; print(m.version('hysds'), hysds.__file__)"
        result = self.pod.run("sds-serve", "--", "python3", "-c", script)
        self.assertEqual(result.stdout, f"1.2.3 {self.pod.current}/ops/hysds/hysds/__init__.py\n", result.stderr)


class ItRunsAgain(InitTest):
    def test_a_whole_release_is_taken_as_it_is(self):
        self.pod.mount([hysds()])
        self.assertEqual(self.succeed()["result"], "unpacked")
        before = os.stat(os.path.join(self.pod.current, "ops/hysds/setup.py")).st_ino
        os.makedirs(os.path.join(self.releases(), ".tmp-abc-1/deep"))
        self.assertEqual(self.succeed()["result"], "unchanged")
        self.assertEqual(os.stat(os.path.join(self.pod.current, "ops/hysds/setup.py")).st_ino, before)
        self.assertEqual(len(os.listdir(self.releases())), 1)

    def test_a_damaged_release_is_made_again(self):
        def shorten(path):
            with open(path, "w", encoding="utf-8"):
                pass

        damages = {
            "ops/hysds/hysds/__init__.py": shorten,
            "ops/hysds/setup.py": os.unlink,
            "ops/hysds/latest": os.unlink,
            "ops/hysds/hysds/run.sh": lambda path: os.chmod(path, 0o644),
            ".sds/release.json": shorten,
        }
        self.pod.mount([hysds()], [LINK])
        self.succeed()
        for path, damage in damages.items():
            with self.subTest(path):
                damage(os.path.join(self.pod.current, path))
                result = self.pod.init()
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("damaged", result.stderr)
                self.assertEqual(self.succeed()["result"], "unchanged")

    def test_the_number_decides_which_release_is_current(self):
        table = [
            # number here, number of the template, which release is current afterwards
            (5, 4, "here"),
            (5, 5, "template"),
            (5, 6, "template"),
        ]
        for here, template, wanted in table:
            with self.subTest(here=here, template=template):
                old = self.pod.mount([hysds("1")], sequence=here)
                shutil.rmtree(self.pod.root)
                os.makedirs(self.pod.root)
                self.succeed()
                new = self.pod.mount([hysds("2")], sequence=template)
                self.succeed()
                self.assertEqual(self.pod.release(), old if wanted == "here" else new)

    def test_a_damaged_newer_release_gives_way_to_the_template(self):
        self.pod.mount([hysds("2")], sequence=9)
        self.succeed()
        os.unlink(os.path.join(self.pod.current, "ops/hysds/setup.py"))
        template = self.pod.mount([hysds("1")], sequence=8)
        result = self.pod.init()
        self.assertEqual(result.returncode, 0)
        self.assertIn("damaged and not kept", result.stderr)
        self.assertEqual(self.pod.release(), template)

    def test_the_previous_release_stays_and_older_ones_go(self):
        digests = []
        for number in range(1, 5):
            digests.append(self.pod.mount([hysds(str(number))], sequence=number))
            self.succeed()
        self.assertEqual(sorted(os.listdir(self.releases())), sorted(digests[-2:]))
        self.assertEqual(self.pod.release(), digests[-1])

    def test_the_receipt_says_what_is_there(self):
        digest = self.pod.mount([hysds(), rendered()], [LINK], sequence=3)
        receipt = self.succeed()
        del receipt["seconds"]
        wanted = {"release": digest, "sequence": 3, "result": "unpacked", "files": 5}
        wanted["bytes"] = len(SETUP) + len('__version__ = "1.2.3"\n') + len("#!/bin/sh\n") + 8000 + len("{}")
        self.assertEqual(receipt, wanted)
        self.pod.mount([hysds("0")], sequence=2)
        self.assertEqual(self.succeed()["result"], "kept")

    def test_a_tree_that_is_there_need_not_be_sent_again(self):
        over = Tree("config", [Member("ops/hysds/setup.py", "rendered")], path="")
        self.pod.mount([hysds(), over], [LINK], sequence=1)
        self.succeed()
        for config, code in ((over, 0), (rendered(), 1)):
            with self.subTest(code=code):
                self.pod.mount([hysds(), Tree("more", [Member("a", "a")]), config], [LINK], sequence=2)
                for name in os.listdir(self.pod.chunks):
                    if name.startswith(hysds().digest[:16]):
                        os.unlink(os.path.join(self.pod.chunks, name))
                result = self.pod.init()
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn("" if code == 0 else "ops/hysds/setup.py", result.stderr)
        self.assertEqual(self.pod.read(self.pod.current, "ops/hysds/hysds/__init__.py"), '__version__ = "1.2.3"\n')

    def mount_patch(self, new, old, sequence):
        """A release whose one tree comes as what differs from an older state of it."""
        self.pod.mount([new], sequence=sequence)
        for name in os.listdir(self.pod.chunks):
            if name != "release.json":
                os.unlink(os.path.join(self.pod.chunks, name))
        with open(os.path.join(self.pod.chunks, f"{new.digest[:16]}.patch"), "wb") as file:
            file.write(new.patch(old))

    def test_only_what_changed_in_a_tree_need_be_sent(self):
        self.pod.mount([hysds("1")], sequence=1)
        self.succeed()
        self.mount_patch(hysds("2"), hysds("1"), 2)
        self.assertEqual(self.succeed()["result"], "unpacked")
        self.assertEqual(self.pod.read(self.pod.current, "ops/hysds/hysds/__init__.py"), '__version__ = "2"\n')
        self.assertEqual(self.pod.read(self.pod.current, "ops/hysds/setup.py"), SETUP)
        self.assertTrue(os.path.islink(os.path.join(self.pod.current, "ops/hysds/latest")))

    def test_an_empty_tree_that_is_there_need_not_be_sent_again(self):
        empty = Tree("config", [], path="")
        self.pod.mount([hysds("1"), empty], sequence=1)
        self.succeed()
        self.pod.mount([hysds("2"), empty], sequence=2)
        for name in os.listdir(self.pod.chunks):
            if name.startswith(empty.digest[:16]):
                os.unlink(os.path.join(self.pod.chunks, name))
        self.succeed()

    def test_a_patch_for_what_the_pod_does_not_hold_is_refused(self):
        self.pod.mount([hysds("1")], sequence=1)
        self.succeed()
        current = os.readlink(self.pod.current)
        with open(os.path.join(self.pod.current, "ops/hysds/setup.py"), "a", encoding="utf-8") as file:
            file.write("# changed in the pod")
        self.mount_patch(hysds("2"), hysds("1"), 2)
        self.refuse("ops/hysds/setup.py")
        self.assertEqual(os.readlink(self.pod.current), current)

    def test_what_the_image_holds_of_a_tree_is_taken_from_there(self):
        self.pod.bake(hysds("1"))
        self.pod.mount([hysds("1").on(hysds("1")), rendered()], [LINK], sequence=1)
        self.assertEqual(self.succeed()["result"], "unpacked")
        base = self.pod.current
        self.assertEqual(self.pod.read(base, "ops/hysds/hysds/__init__.py"), '__version__ = "1"\n')
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(base, "ops/hysds/hysds/run.sh")).st_mode), 0o755)
        self.assertEqual(os.readlink(os.path.join(base, "ops/hysds/latest")), "hysds/run.sh")
        self.assertEqual(os.readlink(os.path.join(base, LINK[0])), LINK[1])

        self.pod.mount([hysds("2").on(hysds("1")), rendered()], [LINK], sequence=2)
        self.assertEqual(self.succeed()["result"], "unpacked")
        self.assertEqual(self.pod.read(base, "ops/hysds/hysds/__init__.py"), '__version__ = "2"\n')
        self.assertEqual(self.pod.read(base, "ops/hysds/setup.py"), SETUP)

    def test_a_tree_on_an_image_that_the_pod_holds_need_not_be_sent_again(self):
        self.pod.bake(hysds("1"))
        tree = hysds("2").on(hysds("1"))
        self.pod.mount([tree], sequence=1)
        self.succeed()
        self.pod.mount([tree, rendered()], sequence=2)
        for name in tree.names:
            os.unlink(os.path.join(self.pod.chunks, name))
        shutil.rmtree(self.pod.image)
        self.succeed()

    def test_an_image_that_does_not_hold_what_the_release_counts_on_is_refused(self):
        tree = hysds("2").on(hysds("1"))
        self.pod.mount([tree], sequence=1)
        self.assertIn("4 of its 6 entries", self.refuse("neither in the release nor in the image", "hysds", "--bake"))
        self.pod.bake(hysds("1"))
        with open(os.path.join(self.pod.image, "ops/hysds/setup.py"), "a", encoding="utf-8") as file:
            file.write("# changed")
        self.assertIn("1 of its 6 entries", self.refuse("'setup.py'"))

    def test_the_release_that_still_runs_stays(self):
        running = self.pod.mount([hysds("1")], sequence=1)
        self.succeed()
        os.makedirs(self.pod.state)
        with open(os.path.join(self.pod.state, "state.json"), "w", encoding="utf-8") as file:
            json.dump({"state": "draining", "release": running}, file)
        for number in range(2, 6):
            self.pod.mount([hysds(str(number))], sequence=number)
            self.succeed()
        self.assertIn(running, os.listdir(self.releases()))
        self.assertEqual(len(os.listdir(self.releases())), 3)


class ItRefuses(InitTest):
    def tree(self, *members, **options):
        return Tree("hysds", [Member("a", "a"), *members], **options)

    def test_what_does_not_match_its_digest(self):
        def flip(name):
            def change(pod, tree):
                path = os.path.join(pod.chunks, name.format(tree.digest[:16]))
                with open(path, "r+b") as file:
                    file.write(b"X")

            return change

        def drop(name):
            return lambda pod, tree: os.unlink(os.path.join(pod.chunks, name.format(tree.digest[:16])))

        table = [
            (flip("release.json"), ["release.json has the digest", "template wants"]),
            (flip("{}.0"), ["tree hysds", "joined chunks"]),
            (drop("release.json"), ["release.json", "No such file"]),
            (drop("{}.1"), ["tree hysds", "chunk 2 of", "No such file"]),
        ]
        for change, words in table:
            with self.subTest(words=words):
                tree = Tree("hysds", [Member("a", os.urandom(2000))])
                self.pod.mount([tree])
                change(self.pod, tree)
                self.refuse(*words)
                self.assertFalse(os.path.lexists(self.pod.current))

    def test_a_tarball_that_does_not_match_its_manifest(self):
        def rename(name):
            return lambda info: setattr(info, "name", name)

        def become(kind, target=""):
            def change(info):
                info.type, info.linkname, info.size = kind, target, 0

            return change

        table = [
            self.tree(Member("b", "b", packed=rename("c"))),
            self.tree(Member("b", "b", packed=rename("../../outside"))),
            self.tree(Member("b", "b", packed=rename("/tmp/outside"))),
            self.tree(Member("b", "", packed=become(tarfile.FIFOTYPE))),
            self.tree(Member("b", "", packed=become(tarfile.CHRTYPE))),
            self.tree(Member("b", "", packed=become(tarfile.LNKTYPE, "a"))),
            self.tree(Member("b", "a", kind="l", packed=lambda info: setattr(info, "linkname", "other"))),
            self.tree(extra=[Member("b", "more")]),
            self.tree(extra=[Member("a", "twice")]),
        ]
        for index, tree in enumerate(table):
            with self.subTest(index):
                self.pod.mount([tree])
                self.refuse("tree hysds", "manifest" if index != 6 else "leads to")

    def test_paths_and_links_that_lead_out(self):
        table = [
            ([Member("../b", "b")], "not a plain relative one"),
            ([Member("/b", "b")], "not a plain relative one"),
            ([Member("b//c", "b")], "not a plain relative one"),
            ([Member("l", "/etc/passwd", kind="l")], "leads out of the tree"),
            ([Member("l", "../../../outside", kind="l")], "leads out of the tree"),
            ([Member("d/e/l", "../..", kind="l"), Member("m", "d/e/l/../../../../..", kind="l")], "leads out"),
            ([Member("l", ".", kind="l"), Member("l/b", "b")], "is a link or a file"),
        ]
        for members, words in table:
            with self.subTest(members=[member.path for member in members]):
                self.pod.mount([self.tree(*members)])
                self.refuse(words)

    def test_a_link_that_leads_out_through_another(self):
        up, out = Member("x/y/z/up", "../../..", kind="l"), Member("n", "x/y/z/up/x/y/../../../../..", kind="l")
        self.pod.mount([Tree("hysds", [up, out])])
        self.refuse("leads out of the release")

    def test_a_mode_that_is_neither_644_nor_755(self):
        self.pod.mount([self.tree(Member("b", "b", mode=0o4755))])
        self.refuse("mode 4755")

    def test_links_that_are_not_to_secrets_and_paths_of_ours(self):
        table = [
            ([("ops/a", "/etc/passwd")], "below /sds-secrets/"),
            ([("ops/a", "/sds-secrets/../etc/passwd")], "below /sds-secrets/"),
            ([("../a", "/sds-secrets/a")], "not a plain relative one"),
            ([(".sds/sequence", "/sds-secrets/a")], "nothing may be put into .sds"),
        ]
        for links, words in table:
            with self.subTest(links):
                self.pod.mount([hysds()], links)
                self.refuse(words)

    def test_a_template_without_a_release(self):
        for name, value in (("SDS_RELEASE", ""), ("SDS_RELEASE", "../x"), ("SDS_SEQUENCE", "-1")):
            with self.subTest(name=name, value=value):
                self.pod.mount([hysds()])
                self.pod.environment[name] = value
                result = self.pod.init()
                self.assertEqual(result.returncode, 1)
                self.assertIn(name, self.pod.refusal())

    def test_a_failure_leaves_what_was_there(self):
        first = self.pod.mount([hysds("1")], sequence=1)
        self.succeed()
        self.pod.mount([self.tree(extra=[Member("b", "more")])], sequence=2)
        self.refuse("tree hysds")
        self.assertEqual(self.pod.release(), first)

    def test_an_unknown_format(self):
        raw = release_json([hysds()]).replace(b'"format":1', b'"format":2')
        self.pod.put("release.json", raw)
        self.pod.environment.update(SDS_RELEASE=sha(raw), SDS_SEQUENCE="1")
        self.refuse("format 2", "rebuild the image")


if __name__ == "__main__":
    unittest.main()
