#include "base/tests.h"

#include "base/file.h"
#include "desk/metrics.h"

/* Nothing is asked here. */
bool desk_say(struct desk *d, enum msg type, const void *body, size_t n,
    struct str tail)
{
	return false;
}

/* What judge says of an alliance, as a scraper reads it. */
static const char answer[] =
    "{\"row\":{\"is\":\"alliance\",\"alliance\":\"sahel\",\"version\":3,"
    "\"expires\":1800000000,\"behind\":2,\"held_back\":7}}\n"
    "{\"row\":{\"is\":\"party\",\"alliance\":\"sahel\",\"party\":\"mali\","
    "\"self\":false,\"present\":true,\"credit\":45,\"slots\":3,"
    "\"slots_most\":256,\"offset_ms\":-1500,\"missing\":4,"
    "\"roll_ends\":1790000000,\"to_them\":{\"assisting\":5}}}\n"
    "{\"row\":{\"is\":\"post\",\"party\":\"mali\",\"state\":\"up\","
    "\"rtt_us\":250,\"pending\":1}}\n"
    "{\"counts\":{\"told\":9},\"faults\":{},\"perjurers\":0}\n";

static void an_alliance_is_told(void **state)
{
	static const char *const wanted[] = {
		"liptako_charter_version{alliance=\"sahel\"} 3\n",
		"liptako_charter_expiry_seconds{alliance=\"sahel\"} 1800000000\n",
		"liptako_acts_unposted{alliance=\"sahel\"} 2\n",
		"liptako_notices_held_back{alliance=\"sahel\"} 7\n",
		"liptako_party_roll_expiry_seconds{alliance=\"sahel\","
		"party=\"mali\"} 1790000000\n",
		"liptako_clock_offset_seconds{alliance=\"sahel\","
		"party=\"mali\"} -1.5\n",
		"liptako_party_credit{alliance=\"sahel\",party=\"mali\"} 45\n",
		"liptako_notices_received_total{alliance=\"sahel\","
		"party=\"mali\",verdict=\"assisting\"} 5\n",
		"liptako_post_up{party=\"mali\",post=\"1\"} 1\n",
		"liptako_post_rtt_seconds{party=\"mali\",post=\"1\"} 0.00025\n",
		"liptako_notices_sent_total 9\n",
	};
	json_t *rows = metrics_rows(str_of(answer));
	char *text = NULL;
	size_t n;
	struct page_of p = { file_in_memory(&text, &n), false };

	metrics_write_ally(&p, rows);
	fclose(p.f);
	for (size_t i = 0; i < countof(wanted); i++)
		if (!strstr(text, wanted[i]))
			fail_msg("no %s in %s", wanted[i], text);
	free(text);
	json_decref(rows);
}

TESTS(cmocka_unit_test(an_alliance_is_told))
