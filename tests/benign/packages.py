"""packages - Debian's packages of a daemon, unpacked and not installed.

What apt would install is downloaded and unpacked below a folder, once; a
package that is on the machine already is used where it is.
"""
import os
import shutil
import subprocess


def lacking(names):
    """The packages that apt would install for these, or None and why."""
    p = subprocess.run(["apt-get", "install", "-s", "-o", "Debug::NoLocking=1",
                        "--no-install-recommends"] + names,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode:
        said = p.stderr.decode(errors="replace").strip().splitlines()
        return None, said[-1] if said else "apt-get cannot"
    return [w[1] for w in map(str.split, p.stdout.decode().splitlines())
            if w[:1] == ["Inst"]], ""


def absent(names):
    """Those of them that are not installed, whatever their version."""
    return [n for n in names if subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", n], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL).stdout[:2] != b"ii"]


def unpack(deb, root):
    tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    p = subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root],
                       stdin=tar.stdout, stderr=subprocess.DEVNULL)
    return p.returncode == 0 and tar.wait() == 0


def fetch(name, packages, folder):
    """A root with these packages below FOLDER; (root, "") or (None, why)."""
    root = os.path.join(folder, name)
    if os.path.exists(os.path.join(root, ".whole")):
        return root, ""
    missing, why = lacking(packages) if packages else ([], "")
    if missing is None:
        return None, why
    shutil.rmtree(root, ignore_errors=True)
    debs = os.path.join(root, "debs")
    os.makedirs(debs)
    for d in ("bin", "sbin", "lib", "lib64"):
        os.makedirs(os.path.join(root, "usr", d))
        os.symlink("usr/" + d, os.path.join(root, d))
    if missing:
        try:
            p = subprocess.run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root"] + missing,
                               cwd=debs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        except subprocess.TimeoutExpired:
            return None, "the download took longer than 5 minutes"
        if p.returncode:
            return None, "apt-get download: " + p.stdout.decode(errors="replace").strip()[-200:]
    for deb in sorted(os.listdir(debs)):
        if not unpack(os.path.join(debs, deb), root):
            return None, deb + " does not unpack"
    shutil.rmtree(debs)
    open(os.path.join(root, ".whole"), "w").close()
    return root, ""
