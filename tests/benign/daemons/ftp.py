"""ftp - vsftpd, ProFTPD and Pure-FTPd."""
import os

from stage import SERVER
from . import Actor, curl, knock, talk


class Ftp(Actor):
    packages = ["curl"]

    def transfer(self, user, word, *more):
        return curl("-u", user + ":" + word, *(more or ("ftp://%s/" % SERVER,)))

    def visit(self, i, n):
        user, word = "user%d" % (i % 5), "right%d" % (i % 5)
        kind = i % 6
        if n == 0 and kind == 1:
            self.transfer(user, "rihgt")
        if n == 0 and kind == 2:
            self.transfer("uesr1", word)
        if kind == 5:
            knock(21) if n % 2 else talk(21, "NOOP", "QUIT")
        elif kind == 4:
            self.transfer(user, word, "ftp://%s/none.txt" % SERVER)
        elif kind == 3:
            self.transfer(user, word, "-T", "/etc/hosts", "ftp://%s/up%d" % (SERVER, i))
        else:
            self.transfer(user, word)

    def attempt(self, n):
        self.transfer(("root", "admin", "user1")[n % 3], "wrong%d" % n)


class Vsftpd(Ftp):
    name = "vsftpd"
    packages = ["vsftpd", "curl"]
    file = "vsftpd.log"

    def start(self):
        s = self.s
        s.people()
        s.user("ftp", 4210)
        s.write("/etc/pam.d/vsftpd", "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_unix.so\n")
        os.makedirs("/run/vsftpd/empty", exist_ok=True)
        s.write("/etc/vsftpd.conf", "listen=YES\nlocal_enable=YES\nwrite_enable=YES\nxferlog_enable=YES\n"
                "secure_chroot_dir=/run/vsftpd/empty\npam_service_name=vsftpd\nvsftpd_log_file=%s\n"
                "background=NO\nmax_per_ip=0\nseccomp_sandbox=NO\n" % s.log)
        s.run("/usr/sbin/vsftpd", "/etc/vsftpd.conf")
        s.port(21)


class Proftpd(Ftp):
    name = "proftpd"
    packages = ["proftpd-core", "curl"]
    file = "proftpd.log"

    def start(self):
        s = self.s
        s.people()
        s.user("proftpd", 4211)
        s.write("/etc/proftpd/own", "ServerName ftp\nServerType standalone\nPort 21\nUser proftpd\nGroup nogroup\n"
                "UseIPv6 off\nUseReverseDNS off\nRequireValidShell off\nMaxInstances 60\nSystemLog %s\nSyslogLevel info\n"
                "TransferLog none\nWtmpLog off\nAllowOverwrite on\nAuthOrder mod_auth_unix.c\n"
                "ScoreboardFile /run/scoreboard\nPidFile /run/proftpd.pid\nDelayEngine off\n" % s.log)
        s.run("/usr/sbin/proftpd", "-c", "/etc/proftpd/own")
        s.port(21)


class PureFtpd(Ftp):
    name = "pure-ftpd"
    packages = ["pure-ftpd", "curl"]

    def start(self):
        s = self.s
        s.people()
        s.syslog()
        s.run("/usr/sbin/pure-ftpd", "-l", "unix", "-H", "-E", "-c", "60", "-C", "60")
        s.port(21)
