#!/usr/bin/env python3
"""dependencies.py - what an image's packages have to be, checked against what the code trees declare.

    dependencies.py extras  DECLARATIONS DEPENDENCIES REQUIREMENTS   what to install besides the pins, one a line
    dependencies.py inputs  DECLARATIONS DEPENDENCIES                what the pins are made from, one a line
    dependencies.py holds   DEPENDENCIES                             their upper limits, one a line

DECLARATIONS holds a folder a tree with its setup.py, pyproject.toml or requirements.txt. DEPENDENCIES says how the
image differs from them, one difference a line with its reason:

    without NAME   # declared and not installed
    other NAME     # installed in a version that the declaration doesn't allow
    add SPEC       # installed though nobody declares it
    hold SPEC      # a limit that nobody declares

A declaration that the pins don't meet and no line explains is an error: exit code 1, the tree and the way out on stderr.
"""

import os
import re
import sys
import types

try:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import SpecifierSet
except ImportError:  # in a bare venv pip has it
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    from pip._vendor.packaging.specifiers import SpecifierSet


def fail(message, hint=None):
    sys.stderr.write("dependencies: %s\n" % message)
    if hint:
        sys.stderr.write("  hint: %s\n" % hint)
    sys.exit(1)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def setup_arguments(folder, tree):
    """What a setup.py passes to setup(): it is run with a stand-in for setuptools."""
    seen = {}
    stand_in = types.ModuleType("setuptools")
    stand_in.setup = lambda **arguments: seen.update(arguments)
    stand_in.find_packages = stand_in.find_namespace_packages = lambda *_, **__: []
    stand_in.Extension = lambda *_, **__: None
    saved = {name: sys.modules.get(name) for name in ("setuptools", "distutils.core")}
    core = types.ModuleType("distutils.core")
    core.setup, core.Extension = stand_in.setup, stand_in.Extension
    sys.modules["setuptools"], sys.modules["distutils.core"] = stand_in, core
    before, modules = os.getcwd(), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, folder)
    try:
        with open("setup.py", encoding="utf-8") as file:
            code = compile(file.read(), "%s/setup.py" % tree, "exec")
        exec(code, {"__name__": "__main__", "__file__": os.path.join(folder, "setup.py")})
    except Exception as error:  # whatever a setup.py does
        fail(
            "%s/setup.py can't be read: %s: %s" % (tree, type(error).__name__, error),
            "list the file that it needs under `trees` in the image's declaration",
        )
    finally:
        os.chdir(before)
        sys.path.remove(folder)
        for name in set(sys.modules) - modules:
            del sys.modules[name]
        for name, module in saved.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
    return seen


def lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = re.sub(r"(^|\s)#.*", "", line).strip()
            if text:
                yield number, text


def requirement(text, place):
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        fail("%s: '%s' is no requirement: %s" % (place, text, error))


def tree_requirements(folder, tree):
    """The names of the tree's own packages, and its requirements."""
    names, texts, python = {normal(tree)}, [], ""
    files = os.listdir(folder)
    if "setup.py" in files:
        arguments = setup_arguments(folder, tree)
        names.add(normal(arguments.get("name") or tree))
        python = arguments.get("python_requires") or ""
        wanted = arguments.get("install_requires") or []
        texts = wanted.splitlines() if isinstance(wanted, str) else list(wanted)
    elif "pyproject.toml" in files:
        import tomllib

        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            project = tomllib.load(file).get("project", {})
        names.add(normal(project.get("name", tree)))
        python = project.get("requires-python", "")
        texts = project.get("dependencies", [])
    elif "requirements.txt" in files:
        for number, text in lines(os.path.join(folder, "requirements.txt")):
            if text.startswith("-"):
                fail("%s/requirements.txt:%d: the option '%s' isn't supported here" % (tree, number, text))
            texts.append(text)
    if python and not SpecifierSet(python).contains("%d.%d.%d" % sys.version_info[:3]):
        fail(
            "%s needs Python %s, the base has %d.%d.%d" % ((tree, python) + tuple(sys.version_info[:3])),
            "name a base that has it: --build-arg BASE=IMAGE",
        )
    return names, [requirement(text, tree) for text in texts if text.strip()]


def declared(folder):
    """Every requirement of third-party packages, with the tree that declares it."""
    trees = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    own, found = set(), []
    for tree in trees:
        names, requirements = tree_requirements(os.path.abspath(os.path.join(folder, tree)), tree)
        own |= names
        found += [(tree, each) for each in requirements]
    # Of each other they have the code of the release.
    ours = own | {"osaka", "prov-es", "hysds-commons", "hysds"}
    return [
        (tree, each)
        for tree, each in found
        if normal(each.name) not in ours and (each.marker is None or each.marker.evaluate())
    ]


def differences(path):
    kinds = {"without": {}, "other": {}, "add": {}, "hold": {}}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text, _, reason = line.partition("#")
            words = text.split(None, 1)
            if not words:
                continue
            place = "%s:%d" % (os.path.basename(path), number)
            if words[0] not in kinds or len(words) != 2:
                fail("%s: expected without, other, add or hold and a package, found '%s'" % (place, text.strip()))
            if not reason.strip():
                fail("%s: expected a reason after '#', found none" % place)
            each = requirement(words[1].strip(), place)
            kinds[words[0]][normal(each.name)] = each
    return kinds


def pins(path):
    found = {}
    for number, text in lines(path):
        each = requirement(text, "%s:%d" % (os.path.basename(path), number))
        exact = [limit.version for limit in each.specifier if limit.operator == "=="]
        if len(exact) != 1:
            fail("%s:%d: expected NAME==VERSION, found '%s'" % (os.path.basename(path), number, text))
        found[normal(each.name)] = exact[0]
    return found


def extras(folder, dependencies, requirements):
    kinds, pinned = differences(dependencies), pins(requirements)
    wanted = []
    for tree, each in declared(folder):
        name = normal(each.name)
        if name in kinds["without"] or name in kinds["other"]:
            continue
        if name not in pinned:
            wanted.append(str(each))
        elif not each.specifier.contains(pinned[name], prereleases=True):
            fail(
                "%s declares '%s', requirements.txt pins %s" % (tree, each, pinned[name]),
                "make the pins anew with images/pin, or say in dependencies.txt why not: other %s  # reason" % each.name,
            )
    return sorted(set(wanted))


def inputs(folder, dependencies):
    kinds = differences(dependencies)
    skipped = set(kinds["without"]) | set(kinds["other"])
    found = {str(each) for _, each in declared(folder) if normal(each.name) not in skipped}
    return sorted(found | {str(each) for each in kinds["add"].values()})


def main(arguments):
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb == "extras" and len(rest) == 3:
        result = extras(*rest)
    elif verb == "inputs" and len(rest) == 2:
        result = inputs(*rest)
    elif verb == "holds" and len(rest) == 1:
        result = sorted(str(each) for each in differences(rest[0])["hold"].values())
    else:
        sys.stderr.write(__doc__)
        sys.exit(2)
    for line in result:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
