"""Mistakes in the YAML file itself: which line, or that there is nothing in it."""


def test_a_file_that_is_not_utf8_is_answered_with_the_line_and_how_to_save_it(researcher):
    text = b"# @package _global_\nmephisto:\n  task: {task_title: Caf\xe9}\n"
    file = researcher.write("hydra_configs/conf/latin.yaml", text)
    refusal = researcher.refused("conf=latin")
    assert refusal.status == 2
    assert refusal.text.splitlines() == [
        f"Error: {file}, line 3: this is not UTF-8.",
        "The byte 0xe9 does not belong to any text in UTF-8.",
        "Save the file again with the encoding UTF-8.",
    ]


def test_an_empty_file_is_called_empty_and_not_old(researcher, caplog):
    file = researcher.write("hydra_configs/conf/nothing.yaml", "\n")
    researcher.refused("conf=nothing")
    assert [record.getMessage() for record in caplog.records] == [f"{file} is empty: it sets nothing."]


def test_a_file_of_comments_sets_nothing_and_that_may_be_meant(researcher, caplog):
    researcher.write("hydra_configs/profile/quick.yaml", "# port: 1234\n")
    assert researcher.launch("conf=example", "+profile=quick", "--dry-run").status == 0
    assert not [record for record in caplog.records if "quick.yaml" in record.getMessage()]
