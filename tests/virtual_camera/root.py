"""A Debian 13 folder with libcamera, picamera2 and what the driver needs, made once per version of its recipe.

The packages are fetched by apt with settings of its own, and taken apart; no package is installed, no script of one is
run, and nothing is mounted, so that there is nothing to undo. It lies in the directory for temporary files.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["run_inside", "virtual_root"]

_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parents[1]
_SUITE = "trixie"
_MIRROR = "http://deb.debian.org/debian"
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_DEBIAN_PACKAGES = ("python3-libcamera", "libcamera-ipa")
_PICAMERA2 = "picamera2==0.3.38"
_WHEELS = (
    *("numpy", "opencv-python-headless", "scipy", "msgspec", "gpiozero"),  # ours
    *("pillow", "piexif", "simplejpeg", "videodev2"),  # what picamera2 imports of its own
)
_COPIED = ("detector", "firmware", "tests/virtual_camera", "tests/contract")
_FETCH_DEADLINE_S = 240.0
_COMPILE = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden")


def virtual_root() -> Path:
    """Return the root, made if need be; skips the test, with the reason, where it cannot be made."""
    for program, package in (("apt-get", "apt"), ("dpkg-deb", "dpkg"), ("cc", "gcc libc6-dev")):
        if shutil.which(program) is None:
            pytest.skip(f"no virtual camera: {program} is not installed (apt install {package})")
    if not _KEYS.exists():
        pytest.skip(f"no virtual camera: {_KEYS} is missing (apt install debian-archive-keyring)")
    recipe = repr((_SUITE, _MIRROR, _DEBIAN_PACKAGES, _PICAMERA2, _WHEELS, platform.machine()))
    version = hashlib.sha256(recipe.encode()).hexdigest()[:16]
    root = Path(tempfile.gettempdir()) / f"nunchi-virtual-camera-{os.getuid()}-{version}"
    with _locked(root.with_suffix(".lock")):
        if not (root / "complete").exists():
            shutil.rmtree(root, ignore_errors=True)
            _make(root)
        _check_that_it_runs(root)
    return root


@contextmanager
def run_inside(
    root: Path, module: str, *arguments: str, files: Mapping[str, bytes], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """Run ``python3 -m MODULE`` in the root, with the repository's code and these files (paths within the root).

    One at a time: the camera's configuration has a fixed place.
    """
    with _locked(root.with_suffix(".lock")):
        _copy_in(root, files)
        command = [*_enter(root), "/usr/bin/python3", "-m", module, *arguments]
        # /usr/sbin for chroot; the rest of the caller's environment has no business in there
        clean = {"PATH": "/usr/bin:/usr/sbin", "PYTHONPATH": "/nunchi:/site:/nunchi/tests/virtual_camera/stubs"}
        with subprocess.Popen(
            command, env={**clean, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _enter(root: Path) -> list[str]:
    if os.getuid() == 0:
        return ["chroot", str(root)]
    return ["unshare", "--user", "--map-root-user", "--root", str(root)]


def _make(root: Path) -> None:
    root.mkdir(mode=0o755)
    try:
        _fetch_debian(root)
        _fetch_wheels(root)
    except subprocess.SubprocessError as error:
        shutil.rmtree(root, ignore_errors=True)
        output = getattr(error, "stderr", None) or b""
        lines = output.decode(errors="replace").strip().splitlines() or [str(error)]
        pytest.skip(f"no virtual camera: its root cannot be fetched: {lines[-1]}")
    (root / "complete").touch()


def _fetch_debian(root: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="nunchi-apt-") as work_text:
        work = Path(work_text)
        for name in ("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
            (work / name).mkdir(parents=True)
        (work / "status").touch()
        (work / "etc/sources.list").write_text(f"deb [signed-by={_KEYS}] {_MIRROR} {_SUITE} main\n")
        settings = {
            "Dir::State": work / "state",
            "Dir::State::status": work / "status",
            "Dir::Cache": work / "cache",
            "Dir::Etc": work / "etc",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::http::Timeout": "15",
            "Acquire::Retries": "1",
        }
        (work / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
        environment = {**os.environ, "APT_CONFIG": str(work / "apt.conf")}
        _run(["apt-get", "update", "-qq", "--error-on=any"], environment)
        _run(["apt-get", "install", "-y", "-qq", "--download-only", *_DEBIAN_PACKAGES], environment)
        for package in sorted((work / "cache/archives").glob("*.deb")):
            _run(["dpkg-deb", "--extract", str(package), str(root)])
    for name in ("bin", "lib", "lib64", "sbin"):
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    for name in ("dev", "tmp", "nunchi", "site", "usr/share/libcamera/pipeline/virtual"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "dev/null").touch()
    (root / "etc/ld.so.preload").write_text("/shim.so\n")


def _fetch_wheels(root: Path) -> None:
    (python,) = (root / "usr/bin").glob("python3.[0-9]*[0-9]")
    machine = platform.machine()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    for_root = [
        *("--target", str(root / "site"), "--only-binary=:all:"),
        *("--python-version", python.name.removeprefix("python"), "--implementation", "cp"),
        *("--platform", f"manylinux_2_28_{machine}", "--platform", f"manylinux2014_{machine}"),
    ]
    _run([*pip, *for_root, *_WHEELS])
    _run([*pip, *for_root, "--no-deps", "--upgrade", _PICAMERA2])


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=_FETCH_DEADLINE_S)


def _check_that_it_runs(root: Path) -> None:
    _compile_shim(root)
    tried = subprocess.run(
        [*_enter(root), "/usr/bin/python3", "-c", "import libcamera"],
        env={"PATH": "/usr/bin:/usr/sbin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if tried.returncode:
        lines = tried.stderr.strip().splitlines() or [f"exit status {tried.returncode}"]
        pytest.skip(f"no virtual camera: its root cannot be entered: {lines[-1]}")


def _compile_shim(root: Path) -> None:
    _run(["cc", *_COMPILE, "-o", str(root / "shim.so"), str(_HERE / "shim.c")])


def _copy_in(root: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(root / "nunchi", ignore_errors=True)
    shutil.rmtree(root / "run", ignore_errors=True)
    for name in _COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_REPOSITORY / name, root / "nunchi" / name, ignore=ignored)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
