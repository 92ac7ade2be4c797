#include "charter/joining.h"

#include <sodium.h>

#include "charter/alliance_priv.h"

static const char *sealed_by_itself(const struct charter_party *p,
    const struct sealed *s)
{
	size_t wrong = 0;

	if (party_sealed(p, s, &wrong))
		return NULL;
	return wrong ? "a seal under it is wrong"
		     : "the newcomer has not sealed all of it";
}

static const char *same_party(const struct joining *j)
{
	const uint8_t *id = j->accession.party.id;
	struct party_record *r = NULL;
	struct roll *l = NULL;
	struct text_fault f;
	const char *why = NULL;

	if (!record_parse(j->record.text, &r, &f))
		why = "its record is wrong";
	else if (!roll_parse(j->roll.text, &l, &f))
		why = "its roll is wrong";
	else if (memcmp(r->party, id, 32) != 0 || memcmp(l->party, id, 32) != 0)
		why = "its record or roll is of another party";
	record_free(&r);
	roll_free(&l);
	return why;
}

static void code_of(const uint8_t hash[static 32], char to[static CODE_MAX])
{
	uint8_t sum[32];

	(void)crypto_generichash(sum, sizeof(sum), hash, 32,
	    (const uint8_t *)"liptako code v1", 15);
	code_words(sum, to);
}

void joining_code(const struct charter *c, const uint8_t alliance[static 32],
    const struct charter_party *p, char to[static CODE_MAX])
{
	struct text_out o = { 0 };
	struct accession acc;
	uint8_t hash[32];

	charter_accession(c, alliance, p, &acc);
	accession_print(&acc, &o);
	sealed_hash(text_of(&o), hash);
	code_of(hash, to);
	text_free(&o);
}

const char *joining_read(struct str bundle, struct joining *ret)
{
	struct joining j = { 0 };
	struct text_fault f;
	const char *why;

	if (bundle.n > SEALED_JOIN_MAX)
		return "it is longer than 40 kB";
	why = sealed_next(&bundle, &j.join);
	if (!why)
		why = sealed_next(&bundle, &j.record);
	if (!why)
		why = sealed_next(&bundle, &j.roll);
	if (why)
		return why;
	if (bundle.n || j.join.type != SEALED_JOIN ||
	    j.record.type != SEALED_RECORD || j.roll.type != SEALED_ROLL)
		return "it is not an accession, a record and a roll";
	if (!accession_parse(j.join.text, &j.accession, &f))
		return "its accession is wrong";
	why = sealed_by_itself(&j.accession.party, &j.join);
	if (!why)
		why = sealed_by_itself(&j.accession.party, &j.record);
	if (!why)
		why = sealed_by_itself(&j.accession.party, &j.roll);
	if (!why)
		why = same_party(&j);
	if (why)
		return why;
	code_of(j.join.hash, j.code);
	*ret = j;
	return NULL;
}
