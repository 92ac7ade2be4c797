#include "conf/conf.h"

#include <stdio.h>

#include "line/zone.h"

int conf_check_zones(const struct conf *c, const char *file,
    conf_fault_fn *fault, void *arg)
{
	int e = CONF_OK;

	for (size_t i = 0; i < c->n_sources; i++) {
		const struct conf_source *s = &c->sources[i];
		char said[240], shown[80];

		if (!s->zone || zone_known(s->zone))
			continue;
		str_show(str_of(s->zone), shown, sizeof(shown));
		snprintf(said, sizeof(said),
		    "zone: no time zone is called \"%s\": write one of "
		    "/usr/share/zoneinfo (Europe/Paris; the package is "
		    "tzdata) or +02:00",
		    shown);
		fault(arg, file, s->line, 1, said);
		e = CONF_E_FAULTS;
	}
	return e;
}
