"""f2b_package - Debian's fail2ban, unpacked into a build folder and never
installed: what our reading and our engine are held against."""
import glob
import os
import subprocess


def tree(work):
    return os.path.join(work, "tree")


def lib(work):
    return os.path.join(tree(work), "usr/lib/python3/dist-packages")


def fetch(work):
    """Why the package is not there, or None."""
    if os.path.isdir(lib(work)):
        return None
    os.makedirs(work, exist_ok=True)
    try:
        if not glob.glob(work + "/fail2ban_*.deb"):
            subprocess.run(["apt-get", "download", "fail2ban"], cwd=work,
                           check=True, capture_output=True, timeout=60)
        deb = glob.glob(work + "/fail2ban_*.deb")[0]
        subprocess.run(["dpkg", "-x", deb, tree(work)], check=True,
                       timeout=60)
    except (OSError, IndexError, subprocess.SubprocessError) as e:
        return "fail2ban's package cannot be fetched: %s" % e
    return None
