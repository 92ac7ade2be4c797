#include "line/zone.h"

#include <stdio.h>

bool zone_east(const char *p, size_t n, int32_t *ret)
{
	unsigned d[4] = { 0 };
	size_t k = 0;

	if (n == 1 && (*p == 'Z' || *p == 'z')) {
		*ret = 0;
		return true;
	}
	if (n < 3 || n > 6 || (*p != '+' && *p != '-'))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (i == 3 && p[i] == ':' && n == 6)
			continue;
		if ((unsigned)(p[i] - '0') > 9 || k == 4)
			return false;
		d[k++] = (unsigned)(p[i] - '0');
	}
	if ((k != 2 && k != 4) || d[0] * 10 + d[1] > 15 || d[2] > 5)
		return false;
	*ret = (int32_t)((d[0] * 10 + d[1]) * 3600 + (d[2] * 10 + d[3]) * 60);
	if (*p == '-')
		*ret = -*ret;
	return true;
}

/* Three letters or more, then hours: "CET-1CEST,M3.5.0,M10.5.0". */
static bool is_rule(const char *name)
{
	size_t n = 0;

	while ((name[n] | 32) >= 'a' && (name[n] | 32) <= 'z')
		n++;
	if (n < 3 || strlen(name) > 64)
		return false;
	n += name[n] == '-' || name[n] == '+';
	return name[n] >= '0' && name[n] <= '9' &&
	       name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz"
				 "0123456789+-:,./")] == '\0';
}

/* Names are paths below zoneinfo; the C library takes any other for UTC. */
bool zone_known(const char *name)
{
	char path[128];
	int32_t east;

	if (strcmp(name, "UTC") == 0 || zone_east(name, strlen(name), &east))
		return true;
	if (!*name || *name == '/' || strstr(name, "..") || strlen(name) > 64)
		return false;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	return access(path, R_OK) == 0 || is_rule(name);
}
