#include "warden/warden.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int bind_path(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	auto_close int fd = -1;
	struct stat st;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	/* only a socket that we or a crash left behind is taken away */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    chmod(path, 0666) < 0)
		return -1;
	return take_fd(&fd);
}

static bool split(const char *where, struct addr *a, uint16_t *port)
{
	struct str s = str_of(where), host;
	size_t colon = s.n;
	uint32_t n;

	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_u32(str_from(s, colon), 65535, &n))
		return false;
	host = str_head(s, colon - 1);
	if (host.p[0] == '[' && host.n > 2)
		host = (struct str){ host.p + 1, host.n - 2 };
	*port = (uint16_t)n;
	return addr_parse(host, a);
}

socklen_t socket_to_of(const char *where, union socket_to *to)
{
	struct addr a;
	uint16_t port;

	*to = (union socket_to){ 0 };
	if (!split(where, &a, &port))
		return 0;
	if (a.family == 4) {
		to->any.sa_family = AF_INET;
		memcpy(&to->v4.sin_addr, a.b, 4);
		to->v4.sin_port = htons(port);
		return sizeof(to->v4);
	}
	to->any.sa_family = AF_INET6;
	memcpy(&to->v6.sin6_addr, a.b, 16);
	to->v6.sin6_port = htons(port);
	return sizeof(to->v6);
}

static int bind_udp(const char *where)
{
	union socket_to to;
	auto_close int fd = -1;
	socklen_t n = socket_to_of(where, &to);
	int room = 4 << 20;

	if (n == 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(to.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd < 0 || bind(fd, &to.any, n) < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return take_fd(&fd);
}

int socket_bind(const char *where)
{
	return where[0] == '/' ? bind_path(where) : bind_udp(where);
}
