"""What the README says of settings, commands and pictures is true."""

import re

from django.core.management import get_commands

from site_config.environment import BASE_DIR, configuration_table

README = (BASE_DIR / "README.md").read_text()


def test_the_configuration_table_is_the_one_that_the_code_defines() -> None:
    table = README.split("<!-- configuration -->\n")[1].split("\n<!-- /configuration -->")[0]
    assert table == configuration_table()


def test_every_picture_and_linked_file_exists() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert not [target for target in targets if not (BASE_DIR / target).exists()]


def test_every_command_that_it_names_exists() -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert {"load_stock_data", "train_ml_model", "prepare", "createsuperuser"} <= named
    assert named <= set(get_commands())


def test_every_make_target_that_it_names_exists() -> None:
    targets = set(re.findall(r"`?make ([a-z-]+)", README))
    makefile = (BASE_DIR / "Makefile").read_text()
    assert not [target for target in targets if f"\n{target}:" not in makefile]
