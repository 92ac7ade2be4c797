#include "conf/entry.h"

const char *entry_fault(const struct conf_item *it, const void *e)
{
	if (it->at == offsetof(struct conf, sources)) {
		const struct conf_source *s = e;
		int kinds = (s->file != NULL) + s->journal + s->stdin_ +
			    (s->syslog != NULL) + (s->containers != NULL);

		return kinds == 1 ? NULL
				  : "a source is exactly one of file, journal, "
				    "syslog, stdin, containers";
	}
	if (it->at == offsetof(struct conf, allow)) {
		const struct conf_allow *a = e;

		return a->name || a->net.addr.family ? NULL : "addr is missing";
	}
	if (it->at == offsetof(struct conf, trusted))
		return ((const struct conf_net *)e)->net.addr.family
			   ? NULL
			   : "addr is missing";
	if (it->at == offsetof(struct conf, rules))
		return ((const struct conf_rule *)e)->rule ? NULL
							   : "rule is missing";
	if (it->at == offsetof(struct conf, hooks)) {
		const struct conf_hook *h = e;

		return h->on && h->run.n ? NULL : "on and run are both needed";
	}
	if (it->at == offsetof(struct conf, announce)) {
		const struct conf_announce *a = e;
		bool url = a->to && (strncmp(a->to, "http://", 7) == 0 ||
					strncmp(a->to, "https://", 8) == 0);

		if (!a->on || !a->to)
			return "to and on are both needed";
		if (a->as == CONF_AS_MAIL)
			return strchr(a->to, '@') && !strpbrk(a->to, " <>")
				   ? NULL
				   : "as: mail wants an address of mail";
		return url ? NULL : "to begins with http:// or https://";
	}
	return NULL;
}

void entry_note_line(const struct conf_item *it, void *e, unsigned line)
{
	if (it->at == offsetof(struct conf, sources))
		((struct conf_source *)e)->line = line;
	else if (it->at == offsetof(struct conf, allow))
		((struct conf_allow *)e)->line = line;
	else if (it->at == offsetof(struct conf, trusted))
		((struct conf_net *)e)->line = line;
	else if (it->at == offsetof(struct conf, rules))
		((struct conf_rule *)e)->line = line;
	else if (it->at == offsetof(struct conf, hooks))
		((struct conf_hook *)e)->line = line;
	else if (it->at == offsetof(struct conf, announce))
		((struct conf_announce *)e)->line = line;
}

const char *entry_others_word(const char *key)
{
	static const struct {
		const char *key, *is;
	} others[] = {
		{ "bantime", "term: 4h, and term-max" },
		{ "BLOCK_TIME", "term: 4h" },
		{ "duration", "term: 4h" },
		{ "ignoreip", "allow, a list" },
		{ "whitelist", "allow, a list" },
		{ "allowlist", "allow, a list" },
		{ "WHITELIST_FILE", "allow, a list" },
		{ "maxretry", "rules: - rule: openssh/*, when: 5 in 10m" },
		{ "findtime", "rules: - rule: openssh/*, when: 5 in 10m" },
		{ "threshold", "when: 5 in 10m, of a rule in rules" },
		{ "THRESHOLD", "rules: - rule: openssh/*, when: 5 in 10m" },
		{ "banaction", "measure: deny, reject or limit" },
		{ "logpath", "sources: - file: /var/log/..." },
		{ "filenames", "sources: - file: /var/log/..." },
		{ "FILES", "sources: - file: /var/log/..." },
		{ "jails", "services: NAME: on, or off" },
		{ "enabled", "services: NAME: on, or off" },
		{ "api", "desk: on: yes" },
		{ "dry-run", "mode: watch" },
	};

	for (size_t i = 0; i < countof(others); i++)
		if (strcmp(others[i].key, key) == 0)
			return others[i].is;
	return NULL;
}
