#include "rule/field.h"

const char *const field_class_names[] = { "ip", "num", "word", "text", "quoted",
	"bracketed", "notgt", "notcomma", "notapos", "date", NULL };

/* Permissive in what numbers may stand where, strict in the shape. */
#define TIME "[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9}+)?+"
/* WARN and its like stand where a zone would, and are none. */
#define LEVEL "(?:INFO|WARN|ERROR|ERR|DEBUG|TRACE|FATAL|CRIT|ALERT|NOTE)\\b"
#define ZONE \
	"(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}|(?!" LEVEL ")" \
	"[A-Z]{3,5}\\b))?+"
#define MONTH "[A-Z][a-z]{2}"
#define DAY   "[ 0-9]?[0-9]"
#define A_DATE \
	"(?:[0-9]{2,4}[-/.][0-9]{2}[-/.][0-9]{2,4}[T ]" TIME ZONE \
	"|(?:[A-Z][a-z]{2},? )?+" MONTH " " DAY "(?: [0-9]{4})? " TIME ZONE \
	"(?: [0-9]{4})?+" \
	"|(?:[A-Z][a-z]{2},? )?+" DAY "[ /-]" MONTH \
	"[ /-][0-9]{4}[ :]" TIME ZONE "|[0-9]{9,10}(?:\\.[0-9]{1,9}+)?+)"

static const char *const class_regex[] = { [CLASS_NUM] = "[0-9]+",
	[CLASS_WORD] = "\\S+",
	[CLASS_TEXT] = ".*",
	[CLASS_QUOTED] = "[^\"]*",
	[CLASS_BRACKETED] = "[^\\]]*",
	[CLASS_NOTGT] = "[^>]*",
	[CLASS_NOTCOMMA] = "[^,]*",
	[CLASS_NOTAPOS] = "[^']*",
	[CLASS_DATE] = A_DATE };

enum field_class field_default(struct str name)
{
	static const struct {
		const char *name;
		enum field_class class;
	} t[] = { { "ip", CLASS_IP }, { "port", CLASS_NUM },
		{ "pid", CLASS_NUM }, { "status", CLASS_NUM },
		{ "num", CLASS_NUM }, { "user", CLASS_TEXT },
		{ "text", CLASS_TEXT }, { "date", CLASS_DATE } };

	for (size_t i = 0; i < countof(t); i++) {
		if (str_eq(name, str_of(t[i].name)))
			return t[i].class;
	}
	return CLASS_WORD;
}

const char *field_regex(enum field_class c)
{
	assert(c != CLASS_IP);
	return class_regex[c];
}

bool field_set(enum field_class c, struct byteset *set, uint32_t *min)
{
	static const char but[] = { [CLASS_QUOTED] = '"',
		[CLASS_BRACKETED] = ']',
		[CLASS_NOTGT] = '>',
		[CLASS_NOTCOMMA] = ',',
		[CLASS_NOTAPOS] = '\'' };

	if (c == CLASS_IP || c == CLASS_DATE)
		return false;
	*min = c == CLASS_NUM || c == CLASS_WORD;
	if (c == CLASS_NUM)
		return byteset_named('d', set);
	if (c == CLASS_WORD)
		return byteset_named('S', set);
	*set = c == CLASS_TEXT ? byteset_all : byteset_all_but(but[c]);
	return true;
}
