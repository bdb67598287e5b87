"""The people who call: some without a budget, some with a small one, and a team that shares one."""

from __future__ import annotations

from tests.support.portal import Portal

GROUPS = {"free": 3, "thrifty": 3, "team": 3}  # people
NAMES = [f"{group}-{number}-{token}" for group, people in GROUPS.items() for number in range(people)
         for token in ("a", "b")]  # fmt: skip
BUDGETS = {"thrifty": 4.5, "team": 12.0}  # tokens for each call of all
MODELS = """
models:
  defaults: {{chat: "steady:talker", embeddings: "steady:embedder"}}
  steady:
    api: openai
    endpoint: http://127.0.0.1:${{FAKE_PORT}}/v1
    registry:
      talker: {{capabilities: [chat], price: {{currency: EUR, input: 2, output: 8}}}}
      painter: {{capabilities: [image_generation], price: {{currency: EUR, image: 0.04}}}}
      embedder: {{capabilities: [embeddings]}}
  shaky:
    api: openai
    endpoint: http://127.0.0.1:${{FAKE_PORT}}/v1
    registry: {{talker: {{capabilities: [chat]}}}}
  closed:
    api: openai
    endpoint: http://127.0.0.1:${{CLOSED_PORT}}/v1
    registry: {{gone: {{capabilities: [chat]}}}}
budgets:
  thrifty: {{per: month, each: person, groups: [thrifty], tokens: {thrifty}}}
  team: {{per: month, groups: [team], tokens: {team}}}
"""
PROGRAM = """
from django.contrib.auth.models import Group, User
from accounts.models import ApiToken
for name in {names!r}:
    group, number, token = name.split("-")
    user, _ = User.objects.get_or_create(username=group + number)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    print("token", name, ApiToken.make(user, name, "use", 9))
"""


def add_people(portal: Portal, calls: int) -> None:
    """Write models.yaml with budgets for so many calls, and make the tokens of NAMES."""
    sizes = {group: round(part * calls) for group, part in BUDGETS.items()}
    portal.models.write_text(MODELS.format(**sizes))
    written = portal.manage("shell", "-c", PROGRAM.format(names=NAMES)).stdout
    words = [line.split() for line in written.splitlines() if line.startswith("token ")]
    portal.tokens |= {name: token for _, name, token in words}
