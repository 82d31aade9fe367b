"""Claims about `tgc path`'s arguments and messages."""
import json

from harness import claim, expect


@claim
def path_errors_have_the_keys_of_the_others(tgc):
    chain = ["path", "ij,jk->ik", "--size", "i=2", "--size", "j=3", "--size", "k=4"]
    for words, code in ((["path"], 2), ([*chain, "--bogus"], 2), (["path", "ij,jk->iz"], 1), (["path", "none.json"], 5), ([*chain, "--effort=foo"], 2)):
        tgc.error(*words, code=code)
    told = tgc.error(*chain, "--effort=foo", code=2)
    expect("greedy, auto or optimal" in told["message"], told)
    told = tgc.error(*chain, "--effrt=auto", code=2)
    expect(told["notes"][0]["message"] == "did you mean --effort?", told)
    tgc(*chain, "--color=always")
    expect("\x1b[" in tgc("path", "--color=always", "ij,jk->iz", code=1)[1])
    _, err = tgc("path", "ij,jk->iz", code=1)
    expect(err.startswith("equation:1:"), err)


@claim
def broken_networks_have_a_place(tgc):
    (tgc.folder / "n.json").write_text('{"inputs": [["a"]],\n "output": [}')
    told = tgc.error("path", "n.json", code=1)
    expect((told["file"], told["line"]) == ("n.json", 2) and told["column"] >= 12, told)


@claim
def sizes_of_a_path(tgc):
    (tgc.folder / "n.json").write_text('{"inputs": [["a"], ["a"]], "output": [], "size_dict": {"a": 2}}')
    expect(json.loads(tgc("path", "n.json", "--json")[0])["path"] == [[0, 1]])
    tgc("path", "n.json", "--size", "a=3", code=2)
    for sizes in (["i=4,j=5"], ["i=2", "i=3"], ["z=2"], ["i="], ["=2"], ["->=2"]):
        tgc("path", "ij,jk->ik", *[word for size in sizes for word in ("--size", size)], code=2)
