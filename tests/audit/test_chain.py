"""The event chain: any change of a byte is found, a killed writer loses and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from audit.chain import GENESIS, Chain
from core.errors import IntegrityError
from core.events import Event, new_event


def events(count: int) -> list[Event]:
    return [new_event("view", f"TAND-HN.DS.1987.{i:05d}", "Nguyễn Văn Hòa", reason="tra cứu") for i in range(count)]


def chain_over_days(folder: Path) -> Chain:
    folder.mkdir()
    for day in ("2026-11-22", "2026-11-23"):
        Chain(folder, clock=lambda day=day: f"{day}T01:00:00+00:00").append(events(5))  # type: ignore[misc]
    return Chain(folder)


def test_records_follow_each_other_over_segments(tmp_path: Path) -> None:
    chain = chain_over_days(tmp_path / "audit")
    verdict = chain.verify()
    assert verdict.ok and verdict.events == 10 and verdict.segments == 2
    records = list(chain.records())
    assert [record.seq for record in records] == list(range(1, 11))
    assert records[0].prev == GENESIS and records[-1].hash == verdict.head


def test_an_event_is_not_written_twice(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    batch = events(3)
    assert chain.append(batch) == 3
    assert chain.append(batch) == 0
    assert chain.append([*batch, *events(1)]) == 1
    assert chain.verify().events == 4


def test_a_torn_last_line_is_cut_and_its_event_written_again(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    batch = events(3)
    chain.append(batch)
    segment = chain.segments()[0]
    segment.write_bytes(segment.read_bytes()[:-40])
    assert chain.append(batch) == 1
    assert chain.verify().ok and chain.verify().events == 3


def test_a_torn_last_line_is_no_damage_and_a_changed_one_is_never_cut(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    chain.append(events(3))
    segment = chain.segments()[0]
    whole = segment.read_bytes()
    for kept in (whole[:-1], whole[:-40], whole[: whole.index(b"\n") + 3]):
        segment.write_bytes(kept)
        assert chain.verify().ok and chain.verify().events == kept.count(b"\n") == len(list(chain.records()))
    for changed in (whole[:-1] + b" ", whole + "thêm".encode()):
        segment.write_bytes(changed)
        assert not chain.verify().ok
        with pytest.raises(IntegrityError):
            chain.append(events(1))
        assert segment.read_bytes() == changed


def test_events_of_a_killed_writer_are_recognised_far_back(tmp_path: Path) -> None:
    chain = Chain(tmp_path)
    old, killed = events(3000), events(2000)
    chain.append(old)
    chain.append(killed[:1500])
    assert chain.append(killed) == 500
    assert chain.verify().events == 5000
    assert chain.uids() == {event.uid for event in (*old, *killed)}
    assert chain.holds(old[0].uid) and not chain.holds("0" * 32)


def test_a_clock_set_back_goes_on_in_the_last_segment(tmp_path: Path) -> None:
    Chain(tmp_path, clock=lambda: "2026-11-23T00:00:00+00:00").append(events(1))
    chain = Chain(tmp_path, clock=lambda: "2020-01-01T00:00:00+00:00")
    chain.append(events(1))
    assert chain.verify().ok and len(chain.segments()) == 1


@pytest.mark.parametrize("seed", range(60))
def test_any_changed_byte_is_found(tmp_path: Path, seed: int) -> None:
    chain = chain_over_days(tmp_path / "audit")
    draw = random.Random(seed)
    segment = draw.choice(chain.segments())
    data = bytearray(segment.read_bytes())
    place = draw.randrange(len(data))
    data[place] ^= 1 << draw.randrange(8)
    segment.write_bytes(bytes(data))
    verdict = chain.verify()
    assert not verdict.ok
    line = segment.name if verdict.first_bad is None else verdict.first_bad.split(":")[0]
    assert line == segment.name


def test_deletion_insertion_reorder_and_strangers_are_found(tmp_path: Path) -> None:
    chain = chain_over_days(tmp_path / "audit")
    first, second = chain.segments()
    lines = first.read_bytes().splitlines(keepends=True)
    for bad in (lines[:2] + lines[3:], [lines[1], lines[0], *lines[2:]], [*lines, lines[-1]], lines[1:]):
        first.write_bytes(b"".join(bad))
        assert not chain.verify().ok
    first.write_bytes(b"".join(lines))
    assert chain.verify().ok
    (tmp_path / "audit" / "note.txt").write_text("x")
    assert not chain.verify().ok


def test_truncation_is_found_with_an_anchor_only(tmp_path: Path) -> None:
    chain = chain_over_days(tmp_path / "audit")
    head = chain.verify().head
    second = chain.segments()[1]
    second.write_bytes(b"".join(second.read_bytes().splitlines(keepends=True)[:-2]))
    assert chain.verify().ok
    assert not chain.verify(head).ok


def test_reading_a_damaged_chain_names_the_line(tmp_path: Path) -> None:
    chain = chain_over_days(tmp_path / "audit")
    segment = chain.segments()[0]
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join([lines[0], b"garbage\n", *lines[2:]]))
    with pytest.raises(IntegrityError) as caught:
        list(chain.records())
    assert str(caught.value.file).endswith(":2")
