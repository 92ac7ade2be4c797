#include <stdio.h>

#include "desk/watchers.h"

/*
 * What is taken back. Agents may open what agents had shut, and forget their
 * own reports; what we found ourselves, and what the operator said, is not
 * theirs.
 */

static void say_deleted(struct http_request *r, size_t n)
{
	char text[24];
	json_t *o;

	snprintf(text, sizeof(text), "%zu", n);
	o = json_pack("{s:s}", "nbDeleted", text);
	http_json(r, MHD_HTTP_OK, &o);
}

static void drop(struct http_request *r, struct alert_kept *k)
{
	for (size_t i = 0; i < k->n_nets; i++)
		if (alert_held(&r->desk->table, &k->nets[i]))
			alert_take_back(r, &k->nets[i]);
	alert_forget(k);
}

static bool is_his(const struct http_request *r, const struct alert_kept *k)
{
	return k->id && strcmp(k->machine, r->who.name) == 0;
}

void delete_alerts(struct http_request *r)
{
	struct watchers *w = r->desk->watchers;
	struct alert_search s;
	size_t n = 0;

	if (!alert_search_of(r, &s))
		return;
	for (size_t i = 0; i < ALERTS_KEPT; i++) {
		struct alert_kept *k = &w->kept[i];

		if (!is_his(r, k) || !alert_fits(r->desk, &s, k))
			continue;
		drop(r, k);
		n++;
	}
	say_deleted(r, n);
}

void delete_alert(struct http_request *r)
{
	struct watchers *w = r->desk->watchers;
	uint64_t id = alert_number(r);
	struct alert_kept *k = &w->kept[id % ALERTS_KEPT];

	if (!id || k->id != id) {
		http_message(r, MHD_HTTP_NOT_FOUND, "object not found");
		return;
	}
	if (!is_his(r, k)) {
		http_message(r, MHD_HTTP_FORBIDDEN,
		    "another agent reported that");
		return;
	}
	drop(r, k);
	say_deleted(r, 1);
}

static bool is_sensors(const struct alert_search *s, const struct table *t,
    const struct held *h)
{
	return h->origin == ORIGIN_SENSOR &&
	       (!s->scenario.n ||
		   str_eq_nocase(s->scenario, str_of(table_rule(t, h))));
}

void delete_decisions(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	struct alert_search s;
	struct lapi_found f;
	size_t n = 0;

	if (!alert_search_of(r, &s))
		return;
	/* theirs by whatever name of an origin */
	s.filter.origins = (struct str){ 0 };
	lapi_find(t, &s.wanted, &s.filter, &f);
	for (size_t i = 0; i < f.n; i++) {
		if (!is_sensors(&s, t, f.v[i]))
			continue;
		alert_take_back(r, &f.v[i]->net);
		n++;
	}
	free(f.v);
	say_deleted(r, n);
}

void delete_decision(struct http_request *r)
{
	const struct table *t = &r->desk->table;
	uint64_t id = alert_number(r);
	const struct held *h = alert_measure(t, id);
	char text[NET_MAX + 120], net[NET_MAX];

	if (!h) {
		snprintf(text, sizeof(text),
		    "decision with id '%llu' doesn't exist: unable to delete",
		    (unsigned long long)id);
		http_message(r, MHD_HTTP_NOT_FOUND, text);
		return;
	}
	if (h->origin != ORIGIN_SENSOR) {
		(void)net_print(&h->net, net);
		snprintf(text, sizeof(text),
		    "no agent asked for this: liptako pardon %s opens it", net);
		http_message(r, MHD_HTTP_FORBIDDEN, text);
		return;
	}
	alert_take_back(r, &h->net);
	say_deleted(r, 1);
}
