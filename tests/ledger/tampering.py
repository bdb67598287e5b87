"""Ways to tamper with the ledger, for someone who writes the whole database and lacks the key."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from ledger.gone import NO_ONE
from ledger.models import Call, Link, Salt, Seal
from ledger.seal import encoding
from ledger.seal.encoding import MACS, NEWEST, VERSIONS, Place, leaf_of, mac_of, who_of

WITHOUT = {Call: (), Link: (), Seal: ("posted",), Salt: ()}  # a salt of no one's is not a row
COLUMNS = [name for name in VERSIONS[NEWEST] if name != "at"]


def state() -> list[Any]:
    """Return all that is in the ledger."""
    return [
        sorted(
            model._default_manager.values_list(
                *(f.attname for f in model._meta.concrete_fields if f.name not in without)
            ),
            key=repr,
        )
        for model, without in WITHOUT.items()
    ]


class Tampering:
    """Random tamperings, each of which is a method with no underscore."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.guess = self.random.randbytes(32)

    def do(self) -> str:
        """Tamper in one to three ways. Return which."""
        ways: list[Callable[[], object]] = [
            getattr(self, name) for name in dir(Tampering) if name[0] != "_" and name != "do"
        ]
        chosen = self.random.choices(ways, k=self.random.choice((1, 1, 1, 2, 3)))
        for way in chosen:
            with suppress(IntegrityError), transaction.atomic():  # the database has rules, too
                way()
        return ", ".join(way.__name__ for way in chosen)

    def _place(self) -> int:
        places = list(Link.objects.values_list("place", flat=True)) or [1]
        return self.random.choice(places)

    def _row(self) -> Any:
        return Call.objects.filter(link__place=self._place())

    # ── Rows ────────────────────────────────────────────────────────────────────────────

    def change_a_column(self) -> None:
        row, name = self._row(), self.random.choice(COLUMNS)
        field = Call._meta.get_field(name)
        number = self.random.randint(-5, 10**6)
        is_number = field.get_internal_type() in ("BigIntegerField", "IntegerField")
        row.update(**{name: number if is_number else f"x{number}"[:3]})

    def change_a_cost_to_none(self) -> None:
        self._row().update(cost=None, currency="")

    def change_a_time(self) -> None:
        self._row().update(at=F("at") + timedelta(microseconds=self.random.choice((-1, 1, 10**9))))

    def change_whose_it_is(self) -> None:
        name = self.random.choice(("person", "token", "groups", "request"))
        self._row().update(**{name: self.random.randint(0, 5) if name == "person" else "other"})

    def change_a_mac(self) -> None:
        self._row().update(**{self.random.choice(MACS): self.random.choice((b"", self.guess))})

    def exchange_two_rows(self) -> None:
        """The rows keep their IDs, and get each other's columns."""
        one, other = Call.objects.order_by("?")[:2] if Call.objects.count() > 1 else (None, None)
        if one and other:
            one.pk, other.pk = other.pk, one.pk
            one.save()
            other.save()

    def pretend_an_erasure(self) -> None:
        person = self.random.randint(1, 2)
        Call.objects.filter(person=person).update(**NO_ONE)
        Salt.objects.filter(pk=person).delete()
        if self.random.random() < 0.5:
            Link.objects.filter(call__person=0).update(erased=self.guess)

    # ── What is gone, and what is new ───────────────────────────────────────────────────

    def delete_rows(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self._row().delete()

    def delete_a_row_with_its_link(self) -> None:
        place = self._place()
        Call.objects.filter(link__place=place).delete()
        Link.objects.filter(place=place).delete()

    def delete_a_row_and_close_the_gap(self) -> None:
        place = self._place()
        self._delete(Q(place=place))
        for after in sorted(Link.objects.filter(place__gt=place).values_list("place", flat=True)):
            Link.objects.filter(place=after).update(place=after - 1)

    def delete_the_first_rows(self) -> None:
        self._delete(Q(place__lte=self._place()))

    def cut_the_tail(self) -> None:
        last = self._place() - 1
        self._delete(Q(place__gt=last))
        if self.random.random() < 0.5:
            Seal.objects.filter(last__gt=last).delete()

    def delete_everything(self) -> None:
        if self.random.random() < 0.1:
            for model in (Call, Link, Seal, Salt):
                model.objects.all().delete()

    def append_a_row(self) -> None:
        row = self._row().first()
        if row:
            row.pk = UUID(bytes=self.random.randbytes(16))
            row.save(force_insert=True)
            if self.random.random() < 0.5:
                self._link(row, Link.objects.order_by("-place").first())

    def _delete(self, links: Q) -> None:
        Call.objects.filter(pk__in=Link.objects.filter(links).values("call")).delete()
        Link.objects.filter(links).delete()

    # ── The chain ───────────────────────────────────────────────────────────────────────

    def exchange_two_links(self) -> None:
        one, other = self._place(), self._place()
        for old, new in ((one, 10**9), (other, one), (10**9, other)):
            Link.objects.filter(place=old).update(place=new)

    def exchange_the_rows_of_two_links(self) -> None:
        one, other = (Link.objects.filter(pk=self._place()).first() for _ in range(2))
        if one and other and one.pk != other.pk:
            calls = one.call_id, other.call_id
            Link.objects.filter(pk=one.pk).update(call=None)
            Link.objects.filter(pk=other.pk).update(call=calls[0])
            Link.objects.filter(pk=one.pk).update(call=calls[1])

    def change_a_link(self) -> None:
        name = self.random.choice(("who", "leaf", "mac", "erased"))
        value = self.random.randbytes(self.random.choice((0, 31, 32)))
        Link.objects.filter(pk=self._place()).update(**{name: value})

    def move_a_link(self) -> None:
        last = max(Link.objects.values_list("place", flat=True), default=0)
        places = (-1, 0, last + 1, last + 7, 10**15)
        Link.objects.filter(pk=self._place()).update(place=self.random.choice(places))

    def change_a_row_and_chain_again(self) -> None:
        """From a place to the end, with the code of the portal and a guessed key."""
        place = self._place()
        Call.objects.filter(link__place=place).update(cost=self.random.randint(1, 10**9))
        self._chain_again(place)
        if self.random.random() < 0.7:
            self._seal_again()

    def delete_a_row_and_chain_again(self) -> None:
        self.delete_a_row_and_close_the_gap()
        self._chain_again(1)
        self._seal_again()

    def _chain_again(self, first: int) -> None:
        links = Link.objects.select_related("call").order_by("place")
        before = links.filter(place__lt=first).last()
        rows = [link.call for link in links.filter(place__gte=first) if link.call]
        links.filter(place__gte=first).delete()
        for row in rows:
            before = self._link(row, before)

    def _link(self, row: Call, before: Link | None) -> Link:
        place = Place(before.place, bytes(before.mac)) if before else Place()
        salt = Salt.objects.filter(pk=row.person).first()
        who = who_of(bytes(salt.salt) if salt else self.guess, row)
        leaf = leaf_of(self.guess, row, who)
        mac = mac_of(self.guess, place, row.pk, row.at, leaf)
        return Link.objects.create(
            place=place.number + 1, call=row, at=row.at, who=who, leaf=leaf, mac=mac
        )

    def _seal_again(self) -> None:
        before: Seal | None = None
        for seal in Seal.objects.order_by("number"):
            link = Link.objects.filter(pk=seal.last).first()
            seal.root = link.mac if link else self.guess
            seal.previous = before.mac if before else b""
            seal.mac = encoding.seal_of(self.guess, seal)
            seal.save()
            before = seal

    # ── Seals and salts ─────────────────────────────────────────────────────────────────

    def change_a_seal(self) -> None:
        values: dict[str, Any] = {
            "first": self.random.randint(-1, 30), "last": self.random.randint(-1, 30),
            "root": self.guess, "previous": self.guess, "mac": self.guess, "key": "guess",
            "pruned": self.guess, "day": F("day") - timedelta(days=100),
        }  # fmt: skip
        name = self.random.choice([*values])
        Seal.objects.filter(number=self.random.randint(1, 3)).update(**{name: values[name]})

    def delete_seals(self) -> None:
        Seal.objects.filter(number__gte=self.random.randint(1, 3)).delete()

    def delete_a_seal(self) -> None:
        Seal.objects.filter(number=self.random.randint(1, 3)).delete()

    def seal_without_the_key(self) -> None:
        last = Seal.objects.order_by("-number").first()
        if last:
            last.number, last.first, last.previous = last.number + 1, last.last + 1, last.mac
            last.day += timedelta(days=1)
            last.last, last.mac = last.last + self.random.randint(-1, 9), self.guess
            last.save(force_insert=True)

    def change_a_salt(self) -> None:
        Salt.objects.filter(pk=self.random.randint(0, 2)).update(salt=self.guess)

    def exchange_salts(self) -> None:
        one, other = (Salt.objects.filter(pk=person).first() for person in (1, 2))
        if one and other:
            one.salt, other.salt = other.salt, one.salt
            one.save()
            other.save()
