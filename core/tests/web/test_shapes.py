"""The shape of an answer follows the form, and never what was chosen."""

import pytest

CONTROLS = """
<input type="hidden" name="hidden" value="h">
<input type="text" name="text">
<input type="text" name="pair"><input type="text" name="pair">
<input type="checkbox" name="lone" value="yes" {ticked}>
<input type="checkbox" name="group" value="1" {ticked}><input type="checkbox" name="group" value="2">
<input type="radio" name="radio" value="1"><input type="radio" name="radio" value="2" {ticked}>
<select name="one"><option>a</option><option>b</option></select>
<select name="many" multiple><option {chosen}>a</option><option {chosen}>b</option></select>
<input type="file" name="file"><input type="file" name="files" multiple>
<textarea name="area">some text</textarea>
<input name="elements" value="H2O">
<input name="disabled" value="d" disabled>
<input name="__proto__" value="p"><input value="without a name">
<button type="button" name="button" value="b">A button</button>
"""
SHAPE = {
    "hidden": "h",
    "text": "",
    "pair": ["", ""],
    "lone": None,
    "group": [],
    "radio": None,
    "one": "a",
    "many": [],
    "file": {},
    "files": [],
    "area": "some text",
    "elements": "H2O",
    "disabled": None,
}


def without_proto(answer):
    assert answer["__proto__"] == "p"
    return {name: value for name, value in answer.items() if name != "__proto__"}


@pytest.mark.parametrize(
    "around", ["{}", "<form>{}<button>Submit</button></form>"], ids=["no form", "own form"]
)
def test_the_shape_of_an_answer_follows_the_form_when_nothing_is_chosen(work, desk, around):
    work(around.replace("{}", CONTROLS.format(ticked="", chosen=""))).submit().saved()
    assert without_proto(desk.answer()) == SHAPE
    assert list(desk.answer())[:3] == ["hidden", "text", "pair"]


def test_the_shape_of_an_answer_follows_the_form_when_all_is_chosen(work, desk):
    worker = work(CONTROLS.format(ticked="checked", chosen="selected"))
    chosen = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"}
    worker.task.locator("[name=file]").set_input_files(chosen)
    worker.task.locator("[name=files]").set_input_files([chosen])
    worker.submit().saved()
    answer = without_proto(desk.answer())
    files = [answer.pop("file"), *answer.pop("files")]
    assert [sorted(file) for file in files] == [["lastModified", "name", "size", "type"]] * 2
    assert {(file["name"], file["size"], file["type"]) for file in files} == {("a.txt", 3, "text/plain")}
    chosen_shape = {"lone": "yes", "group": ["1"], "radio": "2", "many": ["a", "b"]}
    assert answer == {name: value for name, value in {**SHAPE, **chosen_shape}.items() if "file" not in name}
    assert [desk.uploads[upload][0]["field"] for upload in desk.submissions["token-1"]["uploads"]] == [
        "file",
        "files",
    ]
    assert desk.uploads["upload-1"][1] == b"abc"


def test_the_button_that_was_pressed_is_part_of_the_answer(work, desk):
    worker = work(
        "<form><button name='verdict' value='yes'>Yes</button><button name='verdict' value='no'>No</button></form>"
    )
    worker.task.get_by_role("button", name="No").click()
    worker.saved()
    assert desk.answer() == {"verdict": "no"}


def test_an_unseen_character_that_cannot_be_stored_does_not_keep_an_answer_back(work, desk):
    """Text that is copied from other programs may hold NUL, which its worker cannot find."""
    worker = work("<textarea name='a'></textarea>")
    worker.field().evaluate("(field) => { field.value = 'one\\0two'; }")
    worker.submit().saved()
    assert desk.answer() == {"a": "one\ufffdtwo"}
