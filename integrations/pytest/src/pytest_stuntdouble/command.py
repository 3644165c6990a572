"""Finds the command that starts a mock."""

import os
import shlex
import shutil

MISSING = (
    "stuntdouble was not found. Install it with \"npm install --save-dev stuntdouble\" in this project, "
    "set stuntdouble_command in the configuration of pytest, or set STUNTDOUBLE_IMAGE to its container image."
)


def find_command(configured, folder):
    """Returns the words that start the program, without its arguments; None if it is not installed.

    In this order: the configured command, a container image, the package in a folder or one above it, and PATH.
    npx comes last and only runs what is installed, because a download would stall the tests.
    """
    if configured:
        return shlex.split(configured)
    image = os.environ.get("STUNTDOUBLE_IMAGE")
    if image:
        return container(image)
    for above in [folder, *folder.parents]:
        local = above / "node_modules" / "stuntdouble" / "dist" / "cli" / "stuntdouble.js"
        if local.is_file() and shutil.which("node"):
            return ["node", str(local)]
    installed = shutil.which("stuntdouble")
    if installed:
        return [installed]
    return ["npx", "--no-install", "stuntdouble"] if shutil.which("npx") else None


def container(image):
    """The host's network lets the mock reach receivers of the tests, and the tests reach the mock."""
    engine = shutil.which("docker") or shutil.which("podman")
    return None if engine is None else [engine, "run", "--rm", "--init", "--network", "host", image]
