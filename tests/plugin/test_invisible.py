"""A test suite that does not use the plugin must not notice it."""

from __future__ import annotations

import sys

import pytest

HEAVY = {
    "numpy",
    "cv2",
    "av",
    "httpx",
    "pytest_videobench.footage.footage",
    "pytest_videobench.prompts.model",
}


@pytest.mark.parametrize("extra", [(), ("-n1",)], ids=["one process", "a worker"])
def test_nothing_is_written_printed_or_imported(pytester: pytest.Pytester, extra: tuple[str, ...]) -> None:
    pytester.makepyfile(
        f"""
        import sys
        import pytest

        @pytest.fixture
        def prompt():
            return "my own"

        @pytest.fixture(params=["a", "b"])
        def clip(request):
            return request.param

        @pytest.mark.parametrize("backend", [1, 2])
        def test_own_names(prompt, clip, backend):
            assert prompt == "my own"

        def test_nothing_heavy():
            assert not {HEAVY!r} & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:cacheprovider", *extra)
    result.assert_outcomes(passed=5)
    assert "videobench:" not in result.stdout.str()
    assert "style" not in result.stdout.str()
    assert "report" not in result.stdout.str()
    left = {
        path.name
        for path in pytester.path.iterdir()
        if not path.name.startswith(("__pycache__", "runpytest", "std"))
    }
    assert left == {"test_nothing_is_written_printed_or_imported.py"}


def test_importing_the_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    code = f"import pytest, sys; before = set(sys.modules); import pytest_videobench.plugin, pytest_videobench.fixtures; assert not {HEAVY!r} & (set(sys.modules) - before)"
    assert pytester.run(sys.executable, "-c", code).ret == 0


def test_a_folder_of_our_reports_name_is_left_alone(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("videobench-report") / "thesis.doc").touch()
    pytester.makepyfile("def test_own():\n    pass\n")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_failing_comparison_of_arrays_is_still_explained(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import numpy as np
        import pytest

        def test_own():
            assert pytest.approx(np.ones(2)) == np.zeros(2)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:xdist")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E * comparison failed. Mismatched elements: 2 / 2:*"])
