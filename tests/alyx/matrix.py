"""What each person gets from each address: one line per URL name, and per person one column.

How to add a line for a new page: put ``"name": Page(AUDIENCE, {kwargs})`` into PAGES. A kwarg such as ``"{subject}"``
is filled in from the world of the test (see ``VALUES`` in test_matrix.py). AUDIENCE is who gets ``answer`` (200);
everybody else with an account gets ``refused`` (403, or 404 where the row itself is hidden), and whoever has not
logged in gets ``visitor`` (302, to the log-in page; 403 from REST). ``answer=405``: the address takes POST only.
Admin views, and the export, bulk, views and cell of a list need no line: see test_matrix.py. The tables of REST have
theirs in rest/rest_lines.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bregma.alyx.policy import Capability

PEOPLE = (
    "root",  # administrator
    "stock",  # stock manager
    "manager",  # manager of the subject's lab
    "alice",  # owner of the subject
    "dora",  # her delegate, of another lab
    "today",  # her delegate by dates, today among them
    "bob",  # experimenter of the lab
    "tech",  # technician of the lab
    "late",  # her delegate until yesterday
    "charlie",  # stranger: experimenter of another lab
    "guest",  # guest of the lab
    "visitor",  # account for the public
    "anonymous",
)
ALL = frozenset(PEOPLE) - {"anonymous"}
ANYONE = frozenset(PEOPLE)
MEMBERS = ALL - {"guest", "visitor"}
READERS = MEMBERS | {"guest"}
"""Who may read the subject: it carries no public tag."""
KEEPERS = MEMBERS - {"late", "charlie"}
"""Who may do husbandry of the subject."""
SCIENTISTS = KEEPERS - {"tech"}
ROOT = frozenset({"root"})
NOBODY: frozenset[str] = frozenset()

CAPABILITIES: dict[Capability, frozenset[str]] = {
    Capability.HUSBANDRY: MEMBERS,
    Capability.RECORDING: MEMBERS - {"tech"},
    Capability.SCIENCE: MEMBERS - {"tech"},
    Capability.STOCK: frozenset({"root", "stock", "manager"}),
    Capability.LAB: frozenset({"root", "manager"}),
    Capability.SHARED: MEMBERS,
    Capability.PERSONAL: READERS,
    Capability.ACCOUNT: READERS,
    Capability.ADMIN: ROOT,
}
"""Who may add a row to a table of each kind; which row, the policy judges then."""


@dataclass(frozen=True)
class Page:
    """What an address answers to GET."""

    allowed: frozenset[str]
    kwargs: dict[str, str] = field(default_factory=dict)
    answer: int = 200
    refused: int = 403
    visitor: int = 302
    but: dict[str, int] = field(default_factory=dict)
    """The answers to some people that are otherwise."""

    def expected(self, person: str) -> int:
        """Return the status that a person gets."""
        if person in self.but:
            return self.but[person]
        if person in self.allowed:
            return self.answer
        return self.visitor if person == "anonymous" else self.refused


SUBJECT = {"reference": "{subject}"}
SESSION = {"eid": "{session}"}
KEY = {"key": "{nothing}"}
REST_KEY = {"refused": 404, "visitor": 403}

ACCOUNT_PAGES = {
    "account": Page(ALL),
    "account-password": Page(READERS),
    "my-tokens": Page(READERS),
    "my-delegations": Page(READERS),
    "connect": Page(READERS),
    "token-revoke": Page(ALL, KEY, answer=405),
    "delegation-end": Page(ALL, KEY, answer=405),
    "delegation-end-undated": Page(ALL, KEY, answer=405),
    "account_reauthenticate": Page(ALL),
    "account_login": Page(ANYONE, answer=302),
    "account_inactive": Page(ANYONE, answer=403),
    "account_signup": Page(ANYONE, answer=403),
    "mfa_authenticate": Page(ANYONE, answer=302),
    "mfa_index": Page(ALL),
    "mfa_reauthenticate": Page(ALL, answer=302),
    "mfa_activate_totp": Page(ALL, answer=302),
    "mfa_deactivate_totp": Page(ALL, answer=404),
    "mfa_view_recovery_codes": Page(ALL, answer=404),
    "mfa_generate_recovery_codes": Page(ALL, answer=302),
    "mfa_download_recovery_codes": Page(ALL, answer=404),
    "socialaccount_login_cancelled": Page(ANYONE, answer=302),
    "socialaccount_login_error": Page(ANYONE, answer=401),
    "socialaccount_signup": Page(ANYONE, answer=403),
    "socialaccount_connections": Page(ALL, answer=302),
}
SHELL_PAGES = {
    "overview": Page(ALL),
    "login": Page(ALL, answer=302, visitor=200),
    "logout": Page(ALL, answer=405),
    "sign-in": Page(ANYONE, {"token": "x"}),
    "api-docs": Page(ANYONE),
}
RESULTS_PAGES = {
    "results:pipeline": Page(ALL),
    "results:subjects": Page(ALL),
    "results:subject": Page(READERS, SUBJECT, refused=404),
    "results:subject-training": Page(READERS, SUBJECT, refused=404),
    "results:subject-trials": Page(READERS, SUBJECT, refused=404),
    "results:subject-parameter": Page(READERS, {**SUBJECT, "name": "bias"}, refused=404),
    "results:subject-weights": Page(READERS, SUBJECT, refused=404),
    "results:subject-water": Page(READERS, SUBJECT, refused=404),
    "results:subject-brain": Page(READERS, SUBJECT, refused=404),
    "results:subject-brain-file": Page(NOBODY, {**SUBJECT, "kind": "png"}, refused=404),
    "results:regions": Page(ALL, {"statistic": "sites"}),
    "results:regions-file": Page(NOBODY, {"statistic": "sites", "kind": "png"}, refused=404),
    "results:session-brain": Page(READERS, SESSION, refused=404),
    "results:session-brain-file": Page(NOBODY, {**SESSION, "kind": "png"}, refused=404),
    "results:sessions": Page(ALL),
    "results:session": Page(READERS, SESSION, refused=404),
    "results:session-state": Page(READERS, SESSION, refused=404),
    "results:session-psychometric": Page(READERS, SESSION, refused=404),
    "results:session-reaction-times": Page(READERS, SESSION, refused=404),
    "results:session-reaction-time-trials": Page(READERS, SESSION, refused=404),
    "results:session-drift-map": Page(NOBODY, SESSION, refused=404),
    "results:session-units": Page(NOBODY, SESSION, refused=404),
    "results:session-autocorrelogram": Page(NOBODY, SESSION, refused=404),
    "results:session-raster": Page(NOBODY, SESSION, refused=404),
    "results:session-psth": Page(NOBODY, SESSION, refused=404),
}
LIST_PAGES = {
    "subjects": Page(ALL),
    "subjects-cell": Page(MEMBERS, {"pk": "{subject_pk}", "key": "description"}, but={"visitor": 404}),
    "subject-new": Page(MEMBERS),
    "subject": Page(READERS, SUBJECT, refused=404),
    "subject-edit": Page(KEEPERS, SUBJECT, but={"visitor": 404}),
    "sessions": Page(ALL),
}
PK = {"pk": "{nothing}"}
CAGE_PAGES = {
    "colony": Page(READERS),
    "cages": Page(READERS),
    "racks": Page(READERS),
    "cage-new": Page(MEMBERS),
    "rack-new": Page(MEMBERS),
    "cage-cards": Page(READERS, answer=404),
    "cage-scan": Page(ALL, PK, answer=302),
    **dict.fromkeys(("cage", "rack"), Page(READERS, PK, answer=404)),
    **dict.fromkeys(("cage-move-in", "cage-move-out", "cage-conditions", "cage-place"), Page(READERS, PK, answer=404)),
    **dict.fromkeys(("cage-clean", "cage-close", "cage-note", "rack-put"), Page(ALL, PK, answer=405)),
    "subject-move": Page(KEEPERS, SUBJECT, but={"visitor": 404}),
}
BREEDING_PAGES = {
    **dict.fromkeys(("breeding", "litters", "lines"), Page(ALL)),
    **dict.fromkeys(("breeding-pair-new", "breeding-calendar", "breeding-candidates"), Page(MEMBERS)),
    **dict.fromkeys(
        ("breeding-pair", "breeding-pair-edit", "breeding-pair-end", "breeding-birth"), Page(MEMBERS, PK, answer=404)
    ),
    "breeding-plug": Page(ALL, PK, answer=405),
    **dict.fromkeys(("litter", "litter-edit", "litter-wean", "line"), Page(MEMBERS, PK, answer=404)),
    "line-chart": Page(MEMBERS, {**PK, "name": "sizes"}, answer=404),
    "subject-family": Page(MEMBERS, SUBJECT),
}
COLONY_PAGES = {
    "genotyping": Page(ALL),
    "genotype-enter": Page(MEMBERS, answer=404),
    "genotype-import": Page(MEMBERS),
    "genotype-conflicts": Page(MEMBERS),
    "culls": Page(ALL),
    "subject-cull": Page(KEEPERS, SUBJECT, but={"visitor": 404}),
    "subject-cull-undo": Page(KEEPERS, SUBJECT, answer=404, but={"visitor": 404}),
    "requests": Page(ALL),
    "request-new": Page(MEMBERS),
    "request": Page(ALL, KEY, answer=404),
    "request-close": Page(ALL, KEY, answer=405),
}
WATER_PAGES = {
    **dict.fromkeys(("subject-water", "subject-water-due", "subject-water-chart"), Page(READERS, SUBJECT, refused=404)),
    **dict.fromkeys(
        ("subject-weigh", "subject-give-water", "subject-restrict"), Page(KEEPERS, SUBJECT, but={"visitor": 404})
    ),
    **dict.fromkeys(
        ("subject-restriction", "subject-restriction-end"), Page(READERS, {**SUBJECT, **KEY}, answer=404, refused=404)
    ),
    **dict.fromkeys(
        ("subject-water-correct", "subject-water-delete"),
        Page(KEEPERS, {**SUBJECT, "kind": "weighing", "key": "{weighing}"}, but={"visitor": 404}),
    ),
}
TODAY_PAGES = {
    "today": Page(MEMBERS),
    "today-worker": Page(ANYONE),
    "today-enter": Page(ANYONE, answer=405),
    "today-due": Page(KEEPERS, {"subject": "{subject_pk}"}, answer=400, refused=404),
    "today-not-trained": Page(ALL, {"subject": "{subject_pk}"}, answer=405),
    "today-correct": Page(KEEPERS, {"kind": "weight", "key": "{weighing}"}),
    "today-undo": Page(ALL, {"kind": "weight", "key": "{weighing}"}, answer=405),
}
INBOX_PAGES = {
    "inbox": Page(ALL),
    "inbox-read-all": Page(ALL, answer=405),
    "inbox-preferences": Page(READERS),
    "inbox-open": Page(ALL, KEY, answer=404),
    "inbox-read": Page(ALL, KEY, answer=405),
    "inbox-log": Page(ALL),
}
WELFARE_PAGES = {
    "welfare": Page(MEMBERS),
    "adverse-events": Page(ALL),
    "adverse-event": Page(ALL, KEY, answer=404),
    "licences": Page(ALL),
    "licence-new": Page(CAPABILITIES[Capability.LAB]),
    **dict.fromkeys(("licence", "licence-edit", "licence-assign"), Page(ALL, KEY, answer=404)),
    "licence-use-end": Page(ALL, KEY, answer=404),
    "returns": Page(MEMBERS),
    "returns-export": Page(MEMBERS, {"kind": "csv"}),
    "subject-welfare": Page(MEMBERS, SUBJECT, but={"visitor": 404}),
    "subject-adverse-event": Page(KEEPERS, SUBJECT, but={"visitor": 404}),
    "subject-severity": Page(KEEPERS, SUBJECT, but={"visitor": 404}),
    "subject-adverse-text": Page(ALL, SUBJECT, answer=405),
}
SESSION_PK = {"pk": "{session}"}
HIDDEN = {"visitor": 404}
NOTEBOOK_PAGES = {
    **dict.fromkeys(("notebook", "search", "calendar", "people"), Page(ALL)),
    **dict.fromkeys(("notes", "surgeries", "injections", "other-actions", "insertions", "tasks"), Page(ALL)),
    "task-matrix": Page(ALL),
    **dict.fromkeys(("session", "session-files"), Page(READERS, SESSION_PK, refused=404)),
    "subject-sessions": Page(READERS, SUBJECT, refused=404),
    "subject-notes": Page(READERS, SUBJECT, refused=404),
    "session-history": Page(MEMBERS, SESSION_PK, but=HIDDEN),
    "subject-history": Page(MEMBERS, SUBJECT, but=HIDDEN),
    "session-record": Page(READERS, SESSION_PK, refused=404),
    "subject-record": Page(READERS, SUBJECT, refused=404),
    "session-new": Page(CAPABILITIES[Capability.RECORDING]),
    **dict.fromkeys(
        ("session-edit", "session-narrative", "session-quality", "session-delete", "insertion-new"),
        Page(SCIENTISTS, SESSION_PK, but=HIDDEN),
    ),
    **dict.fromkeys(("subject-session", "subject-surgery", "subject-injection"), Page(SCIENTISTS, SUBJECT, but=HIDDEN)),
    **dict.fromkeys(("subject-note", "subject-action"), Page(KEEPERS, SUBJECT, but=HIDDEN)),
    "note-write": Page(KEEPERS, {"kind": "session", "key": "{session}"}, but=HIDDEN),
    "comment-write": Page(ALL, {"kind": "session", "key": "{session}"}, answer=405),
    **dict.fromkeys(("note", "note-edit", "note-image", "task-log"), Page(ALL, PK, answer=404)),
    **dict.fromkeys(("surgery", "surgery-edit", "surgery-delete"), Page(ALL, PK, answer=404)),
    **dict.fromkeys(("injection", "injection-edit", "injection-delete"), Page(ALL, PK, answer=404)),
    **dict.fromkeys(("action", "action-edit", "action-delete"), Page(ALL, PK, answer=404)),
    **dict.fromkeys(("insertion", "comment-edit"), Page(ALL, PK, answer=404)),
    "trajectory": Page(ALL, {**PK, "provenance": "10"}, answer=404),
    **dict.fromkeys(("note-delete", "comment-delete", "insertion-copy"), Page(ALL, PK, answer=405)),
    "uploaded": Page(ALL, {"path": "2026/11/22/x.png"}, answer=404, visitor=403),
}
REST = {
    "subject-detail": Page(READERS, {"nickname": "{subject}"}, **REST_KEY),
    "session-detail": Page(READERS, {"pk": "{session}"}, **REST_KEY),
    "weighing-detail": Page(READERS, {"pk": "{weighing}"}, **REST_KEY),
    "water-requirement": Page(READERS, {"nickname": "{subject}"}, **REST_KEY),
    "water-restricted-subjects": Page(ALL, visitor=403),
    "dataset-detail": Page(READERS, {"pk": "{dataset}"}, **REST_KEY),
    "lab-detail": Page(READERS, {"name": "mainenlab"}, **REST_KEY),
    "user-detail": Page(MEMBERS, {"username": "alice"}, **REST_KEY),
    "auth-token": Page(ANYONE, answer=405),
    "auth-device": Page(ANYONE, answer=405),
    "auth-device-token": Page(ANYONE, answer=405),
    "me": Page(ALL, visitor=403),
    "register-file": Page(ALL, answer=405, visitor=403),
    "check-protected": Page(MEMBERS, answer=400, visitor=403),
    "new-download": Page(ALL, answer=405, visitor=403),
    "restrict-water": Page(ALL, answer=405, visitor=403),
    "sync-file-status": Page(MEMBERS, visitor=403),
    "query": Page(ALL, {"endpoint": "sessions"}, answer=405, visitor=403),
    "resolve": Page(ALL, answer=405, visitor=403),
    "cache-info": Page(ALL, visitor=403),
    "cache-info-tag": Page(ALL, {"tag": "x"}, answer=404, visitor=403),
    "cache-archive": Page(ALL, visitor=403),
    "cache-delta": Page(ALL, answer=400, visitor=403),
    "store": Page(ALL, {"key": "x"}, answer=404, visitor=401),
    **dict.fromkeys(("health", "ready"), Page(ANYONE)),
    "metrics": Page(ROOT, visitor=200),  # to this machine, without an account
    "schema": Page(ANYONE),
}
PAGES: dict[str, Page] = {
    **ACCOUNT_PAGES,
    **SHELL_PAGES,
    **RESULTS_PAGES,
    **LIST_PAGES,
    **CAGE_PAGES,
    **BREEDING_PAGES,
    **COLONY_PAGES,
    **TODAY_PAGES,
    **INBOX_PAGES,
    **WATER_PAGES,
    **WELFARE_PAGES,
    **NOTEBOOK_PAGES,
    **REST,
}
