"""Older forms of configuration are read as they were meant: one warning each, with the form of today."""

import pytest

TODAY = {
    "# @package _global_\n": ("", "Its first line should be: # @package _global_"),
    "- /mephisto/provider: mock": (
        "- mephisto/provider: mock",
        "In the place of `- mephisto/provider: mock` there should be: - /mephisto/provider: mock",
    ),
    "  - /mephisto/architect: local\n": (
        "",
        "In the place of _architect_type: local, its defaults should have: - /mephisto/architect: local",
    ),
}


def older(researcher, *forms):
    text = (researcher.folder / "hydra_configs/conf/example.yaml").read_text()
    for form in forms:
        assert form in text
        text = text.replace(form, TODAY[form][0])
    return text.replace("port: 0", "port: 0\n    _architect_type: local")


@pytest.mark.parametrize("form", TODAY)
def test_each_is_warned_about_with_the_form_of_today(researcher, form, caplog):
    file = researcher.write("hydra_configs/conf/old.yaml", older(researcher, form))
    rehearsal = researcher.launch("conf=old", "--dry-run")
    assert rehearsal.status == 0, rehearsal.text
    assert "all checks passed" in rehearsal.text
    (warning,) = [record.getMessage() for record in caplog.records if "older form" in record.getMessage()]
    assert warning == f"{file} is in an older form, which is read as it was meant.\n{TODAY[form][1]}"


def test_several_in_one_file_are_one_warning(researcher, caplog):
    researcher.write("hydra_configs/conf/old.yaml", older(researcher, *TODAY))
    assert researcher.launch("conf=old", "--dry-run").status == 0
    (warning,) = [record.getMessage() for record in caplog.records if "older form" in record.getMessage()]
    for _, remark in TODAY.values():
        assert remark in warning


def test_words_that_choose_another_plugin_do_not_double_the_warning(researcher, caplog):
    researcher.write("hydra_configs/conf/old.yaml", older(researcher, *TODAY))
    assert researcher.launch("conf=old", "provider=mock", "--dry-run").status == 0
    assert len([record for record in caplog.records if "older form" in record.getMessage()]) == 1


def test_the_form_of_today_is_not_warned_about(researcher, caplog):
    assert researcher.launch("conf=example", "--dry-run").status == 0
    assert not [record for record in caplog.records if "older form" in record.getMessage()]


def test_a_plugin_named_by_hand_that_is_not_the_chosen_one_is_refused(researcher):
    refusal = researcher.refused("conf=example", "mephisto.architect._architect_type=other")
    assert "Setting the name does not choose the plugin." in refusal.text
    assert "mephisto/architect=other" in refusal.text


def test_a_plugin_named_by_hand_on_the_command_line_is_told_how_to_be_chosen(researcher):
    refusal = researcher.refused("architect=local", "mephisto.blueprint._blueprint_type=static_task")
    assert "blueprint=static_task" in refusal.text
