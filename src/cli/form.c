
#include "cli/form.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#include "base/nearest.h"

/* What other tools call them. A form stays open where one service writes
 * several: nginx writes access and error logs, each line says which. */
static const struct {
	const char *name;
	enum line_form form;
	const char *service; /* NULL: none of its own */
} aliases[] = {
	{ "nginx", LINE_AUTO, NULL },
	{ "apache", LINE_AUTO, NULL },
	{ "apache2", LINE_AUTO, NULL },
	{ "httpd", LINE_AUTO, NULL },
	{ "web", LINE_AUTO, NULL },
	{ "caddy", LINE_AUTO, NULL },
	{ "traefik", LINE_AUTO, NULL },
	{ "lighttpd", LINE_AUTO, NULL },
	{ "haproxy", LINE_AUTO, NULL },
	{ "combined", LINE_ACCESS, NULL },
	{ "common", LINE_ACCESS, NULL },
	{ "nginx-access", LINE_ACCESS, NULL },
	{ "apache-access", LINE_ACCESS, NULL },
	{ "apache2-access", LINE_ACCESS, NULL },
	{ "nginx-error", LINE_ERROR, NULL },
	{ "apache-error", LINE_ERROR, NULL },
	{ "apache2-error", LINE_ERROR, NULL },
	{ "auth", LINE_SYSLOG, NULL },
	{ "auth.log", LINE_SYSLOG, NULL },
	{ "journal", LINE_SYSLOG, NULL },
	{ "sshd", LINE_SYSLOG, NULL },
	{ "ssh", LINE_SYSLOG, NULL },
	{ "mail", LINE_SYSLOG, NULL },
	{ "named", LINE_AUTO, "bind" },
	{ "bind9", LINE_AUTO, "bind" },
	{ "mariadb", LINE_AUTO, "mysql" },
	{ "postgres", LINE_AUTO, "postgresql" },
	{ "smb", LINE_AUTO, "samba" },
	{ "exim4", LINE_AUTO, "exim" },
	{ "hass", LINE_AUTO, "home-assistant" },
	{ "homeassistant", LINE_AUTO, "home-assistant" },
	{ "mongod", LINE_AUTO, "mongodb" },
	{ "docker", LINE_JSON, NULL },
};

static void tell_known(const char *name, const struct rulebook *b)
{
	struct nearest n;
	char shown[64];

	str_show(str_of(name), shown, sizeof(shown));
	n = nearest_to(shown);
	fprintf(stderr, "liptako: no format or service is called \"%s\"",
	    shown);
	for (size_t i = 0; i < countof(aliases); i++)
		nearest_try(&n, aliases[i].name);
	for (size_t i = 0; i < b->rules->n_services; i++)
		nearest_try(&n, b->rules->services[i].name);
	for (unsigned i = 0; line_form_name(i); i++)
		nearest_try(&n, line_form_name(i));
	if (n.best)
		fprintf(stderr, " (did you mean \"%s\"?)", n.best);
	fputs(": each line decides.\nFormats are", stderr);
	for (unsigned i = 0; line_form_name(i); i++)
		fprintf(stderr, " %s", line_form_name(i));
	fprintf(stderr, "; or one of %zu services: liptako rules.\n",
	    b->rules->n_services);
}

/* Alike but for case and what is no letter or digit: "Firefly_III". */
static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a && !isalnum((unsigned char)*a))
			a++;
		while (*b && !isalnum((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

void form_find(const char *name, const struct rulebook *b, enum line_form *form,
    int *service)
{
	*form = LINE_AUTO;
	*service = -1;
	if (!name || line_form_of(str_of(name), form))
		return;
	for (size_t i = 0; i < countof(aliases); i++) {
		if (!str_eq_nocase(str_of(name), str_of(aliases[i].name)))
			continue;
		*form = aliases[i].form;
		if (aliases[i].service)
			*service = rulebook_service(b, aliases[i].service);
		return;
	}
	for (size_t i = 0; i < b->rules->n_services; i++) {
		if (same_name(name, b->rules->services[i].name))
			*service = (int)i;
	}
	if (*service < 0)
		tell_known(name, b);
}

bool form_time(const char *text, uint32_t *ret)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
		"%Y-%m-%d" };

	for (size_t i = 0; i < countof(forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);
		time_t t;

		if (!end || (*end && strcmp(end, "Z") != 0))
			continue;
		t = timegm(&tm);
		if (t < 0 || t > UINT32_MAX)
			return false;
		*ret = (uint32_t)t;
		return true;
	}
	return false;
}
