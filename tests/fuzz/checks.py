# SPDX-License-Identifier: Apache-2.0
"""What schemathesis is told beside the API's description, and cannot read there."""

import schemathesis

# These answer by themselves: monitors read the status alone, and the body says what is amiss.
HEALTH = "/api/v1/health"


@schemathesis.check
def errors_are_problem_documents(ctx, response, case):
    """Whatever goes wrong is told by a problem document (RFC 9457) with a sentence in it."""
    if response.status_code < 400 or case.path.startswith(HEALTH):
        return
    kind = response.headers.get("content-type", [""])[0].split(";")[0]
    assert kind == "application/problem+json", f"an error came as {kind!r}"
    problem = response.json()
    for name in ("type", "title"):
        assert isinstance(problem.get(name), str) and problem[name], f"a problem without {name}"
    assert problem.get("status") == response.status_code, f"its status is {problem.get('status')}"


@schemathesis.check
def answers_are_kept_from_who_guesses(ctx, response, case):
    """No browser takes an answer for something else, and nobody on the way keeps a private one."""
    assert response.headers.get("x-content-type-options") == ["nosniff"], "a browser may guess"
    asked = case.operation.definition.raw.get("security")
    private = asked and {} not in asked and case.method in ("GET", "POST", "PUT")
    if private and response.status_code in (200, 201, 202):
        kept = response.headers.get("cache-control", [""])[0]
        assert kept == "no-store", f"a private answer may be kept: {kept!r}"


@schemathesis.hook
def filter_case(context, case):
    """A parameter that is left blank, as forms leave it, is none: that is no wrong value."""
    return all(value not in ("", [], [""]) for value in (case.query or {}).values())
