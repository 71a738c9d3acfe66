"""The data that ships: all of it is found, unchanged, and nothing else can be named."""

import hashlib

import pytest

import resources


@pytest.mark.parametrize("folder", ["fonts", "images"])
def test_files_are_those_whose_sums_the_readme_gives(folder: str) -> None:
    readme = resources.resource_path(f"{folder}/README.md").read_text(encoding="utf-8")
    sums = dict(reversed(line.split()) for line in readme.splitlines() if line.startswith("    "))
    binary = {n for n in resources.resource_names(folder) if not n.endswith((".md", ".txt"))}

    assert {f"{folder}/{name}" for name in sums} == binary
    for name, digest in sums.items():
        assert hashlib.sha256(resources.read_bytes(f"{folder}/{name}")).hexdigest() == digest


def test_fonts_are_listed_with_a_licence_beside_them() -> None:
    names = resources.resource_names("fonts")
    assert set(resources.FONTS) == {name for name in names if name.endswith(".ttf")}
    for family in {name.split("/")[1].split("-")[0] for name in resources.FONTS}:
        assert b"SIL OPEN FONT LICENSE" in resources.read_bytes(f"fonts/OFL-{family}.txt")


def test_names_are_sorted_and_each_leads_to_its_file() -> None:
    names = resources.resource_names()
    assert list(names) == sorted(names)
    assert "images/cat.jpg" in names
    assert all(resources.resource_path(name).is_file() for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith(".py")]


OUTSIDE = (
    "..",
    "../pyproject.toml",
    "images/../__init__.py",
    "/etc/passwd",
    "images/../../LICENSE",
)
NO_FILE = ("", "/", "images", "images/dog.jpg", "images\\cat.jpg", "images/./cat.jpg", "\0")
NO_DATA = ("__init__.py", "py.typed")


@pytest.mark.parametrize("name", OUTSIDE + NO_FILE + NO_DATA)
def test_nothing_else_can_be_named(name: str) -> None:
    with pytest.raises(FileNotFoundError, match=r"ships with Layerscope\. Choose from .*images/"):
        resources.resource_path(name)


def test_what_is_near_is_told() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        resources.resource_path("images/dog.jpg")
    assert "'images/dog.jpg'" in str(caught.value)
    assert "images/cat.jpg" in str(caught.value)
    assert "fonts/" not in str(caught.value)
