"""What the long runs say of themselves: run by a test of SimulationTests, or by itself.

python3 -B Tests/Scripts/test_scripts.py
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def script(name):
    """A script as a module."""
    path = os.path.join(ROOT, "scripts", name)
    loader = importlib.machinery.SourceFileLoader("script_" + name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


class Mutate(unittest.TestCase):
    mutate = script("mutate")

    def trial(self, answers, hanging=()):
        """Tries one mutant with the suites A and B, which answer by name and limit."""
        asked = []

        def suite(by, _, limit):
            asked.append((by, limit))
            return answers[by](limit), "✘ Test \"It holds\" recorded an issue"

        trial = self.mutate.Trial(suite, {}, lambda: None, set(hanging))
        with contextlib.redirect_stdout(io.StringIO()):
            trial.run([("m", "what", ["A", "B"], [])])
        return trial, asked

    def test_what_does_not_end_is_tried_again_with_more_time(self):
        short, long = self.mutate.LIMIT, self.mutate.LONG_LIMIT
        slow = lambda limit: 0 if limit == long else self.mutate.ENDLESS
        trial, asked = self.trial({"A": slow, "B": lambda _: 0})
        self.assertEqual(asked, [("A", short), ("B", short), ("A", long), ("B", long)])
        self.assertEqual((trial.survivors, trial.endless, trial.caught), (["m"], [], {}))

    def test_what_never_ends_is_not_caught(self):
        trial, _ = self.trial({"A": lambda _: self.mutate.ENDLESS, "B": lambda _: 0})
        self.assertEqual((trial.survivors, trial.endless, trial.caught), ([], ["m"], {}))

    def test_what_never_ends_is_caught_where_the_table_says_so(self):
        trial, _ = self.trial({"A": lambda _: self.mutate.ENDLESS, "B": lambda _: 0}, ["m"])
        self.assertEqual(trial.caught["m"][0], "A")

    def test_a_later_suite_catches_what_an_earlier_one_hangs_on(self):
        trial, asked = self.trial({"A": lambda _: self.mutate.ENDLESS, "B": lambda _: 1})
        self.assertEqual((trial.caught["m"][0], len(asked)), ("B", 2))

    def test_a_suite_is_ended_when_a_test_of_it_has_failed(self):
        line = "✘ Test \"It holds\" recorded an issue"
        code, output = self.mutate.run(
            ["sh", "-c", f"echo '{line}'; sleep 60; echo late"], ".", "m", limit=30)
        self.assertEqual((code, self.mutate.first_failure(output)), (1, "It holds"))
        self.assertNotIn("late", output)
        # With nothing broken all of it is to be read.
        code, output = self.mutate.run(["sh", "-c", f"echo '{line}'; echo late"], ".")
        self.assertEqual((code, "late" in output), (0, True))

    def test_a_suite_that_takes_too_long_has_said_nothing(self):
        self.assertEqual(
            self.mutate.run(["sh", "-c", "sleep 60 & wait"], ".", "m", limit=0.2),
            (self.mutate.ENDLESS, ""))


class Kills(unittest.TestCase):
    kills = script("kills")

    def test_a_run_in_which_little_came_about_proves_nothing(self):
        plenty = {name: 10_000 for name in self.kills.FLOORS}
        self.assertEqual(self.kills.wanting(plenty, 10), [])
        self.assertEqual(self.kills.wanting(self.kills.FLOORS | {"kills of the server": 1}, 1), [])
        for name in plenty:
            for minutes in (0, 10):
                found = self.kills.wanting(plenty | {name: 0}, minutes)
                self.assertEqual(len(found), 1)
                self.assertIn(name, found[0])

    def test_each_falsehood_is_to_be_found(self):
        falsehoods = {"one": "LOST: L1", "two": "was not shown"}
        self.assertEqual(self.kills.unnoticed(falsehoods, ["LOST: L1: x"]), ["two"])
        self.assertEqual(self.kills.unnoticed(falsehoods, ["LOST: L1: x", "it was not shown it"]), [])


class Soak(unittest.TestCase):
    """The soak with a program that only says what a lane says."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="kulkul-soak-test-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def soak(self, body, seeds, *arguments):
        with open(self.path("program"), "w") as file:
            file.write("#!/usr/bin/env python3\nimport os, signal, sys\n"
                       "base = int(os.environ['KULKUL_SIM_BASE'])\n"
                       "count = int(os.environ['KULKUL_SIM_SEEDS'])\n" + body)
        os.chmod(self.path("program"), 0o755)
        done = subprocess.run(
            [sys.executable, "-B", os.path.join(ROOT, "scripts", "soak"), "--seeds", str(seeds),
             "--program", self.path("program"), "--folder", self.folder.name, *arguments],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with open(self.path("soak.json")) as file:
            return done.returncode, done.stdout, json.load(file)

    # Writes the worlds that are to be judged, as the real one does.
    WRITE = ("for seed in range(base, base + count):\n"
             "    if seed % 50 == 0:\n"
             "        path = os.path.join(os.environ['KULKUL_SIM_EXPORT'], f'{seed}.jsonl')\n"
             "        open(path, 'w').write('{\"seed\": 1}\\n')\n")
    COUNT = "print(f'lane 0: {count} worlds, {2 * count} answers')\n"
    FINE = WRITE + COUNT

    def test_all_worlds_are_run_once(self):
        code, output, state = self.soak(self.FINE, 1200)
        self.assertEqual((code, state["worlds"], state["tally"]), (0, 1200, {"answers": 2400}), output)
        code, output, state = self.soak(self.FINE, 1300)
        self.assertEqual((code, state["worlds"]), (0, 1300), output)
        self.assertIn("going on after 1200 worlds", output)

    def test_a_lane_that_stops_has_run_as_many_worlds_as_it_says(self):
        body = self.WRITE + (
                "ran = 7 if base == 1 else count\n"
                "print(f'lane 0: {ran} worlds, {ran} answers')\n"
                "if base == 1:\n"
                "    print('it is lost\\n↳ KULKUL_SIM_SEED=3 swift test')\n    sys.exit(1)\n")
        code, output, state = self.soak(body, 500, "--jobs", "1")
        self.assertEqual((code, state["worlds"]), (1, 7), output)
        self.assertIn("493 worlds are still to be run", output)
        self.assertIn("KULKUL_SIM_SEED=3 KULKUL_SIM_SHRINK=1", output)
        code, output, state = self.soak(body, 500)
        self.assertEqual((code, state["worlds"], state["done"]), (1, 500, ["1+7", "8+493"]), output)

    def test_worlds_that_the_oracle_was_not_shown_are_no_success(self):
        code, output, state = self.soak(self.COUNT, 120)
        self.assertEqual((code, state["worlds"], state["judged"]), (1, 120, 0), output)
        self.assertIn("2 worlds were not written for the oracle", output)

    def test_a_block_whose_process_died_is_not_done(self):
        code, output, state = self.soak("os.kill(os.getpid(), signal.SIGKILL)\n", 10)
        self.assertEqual((code, state["worlds"], state["done"]), (1, 0, []), output)
        self.assertIn("KULKUL_SIM_BASE=1 KULKUL_SIM_SEEDS=10", output)
        self.assertIn("signal 9", output)
        code, output, state = self.soak(self.FINE, 10)
        # What was seen is told of until the soak is begun again, whatever the tree is now.
        self.assertEqual((code, state["worlds"]), (1, 10), output)

    def test_whoever_ends_a_block_finds_no_fault(self):
        # What started this may have blocked the signal.
        body = ("signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])\n"
                "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
                "os.kill(os.getpid(), signal.SIGTERM)\n")
        code, output, state = self.soak(body, 10)
        self.assertEqual((code, state["worlds"], state["done"]), (1, 0, []), output)
        batch = state["batches"][-1]
        self.assertEqual((batch["failed"], batch["died"]), ({}, {}), output)

    def test_worlds_are_counted_by_what_ran_them(self):
        self.soak(self.FINE, 500)
        body = self.FINE + "print('lost\\n KULKUL_SIM_SEED=700 x')\nsys.exit(1)\n"
        code, output, state = self.soak(body, 800)
        self.assertEqual([batch["worlds"] for batch in state["batches"]], [500, 300], output)
        self.assertEqual([len(batch["failed"]) for batch in state["batches"]], [0, 1], output)
        first, second = (batch["tree"] for batch in state["batches"])
        self.assertIn(f"500 worlds of {first}", output)
        self.assertIn(f"300 worlds of {second}, 1 failed", output)
        self.assertIn("other sources", output)

    def test_a_state_without_trees_is_gone_on_with(self):
        with open(self.path("soak.json"), "w") as file:
            json.dump({"base": 1, "seeds": 500, "done": ["1+500"], "worlds": 500, "seconds": 9.0,
                       "tally": {"answers": 3}, "failed": {"9": "lost"}, "judged": 0}, file)
        code, output, state = self.soak(self.FINE, 600)
        self.assertEqual((code, state["worlds"]), (1, 600), output)
        self.assertEqual(
            [(batch["tree"], batch["worlds"]) for batch in state["batches"]][0], ("unknown", 500))
        self.assertIn("KULKUL_SIM_SEED=9", output)


if __name__ == "__main__":
    unittest.main()
