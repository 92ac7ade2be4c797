#include "desk/names.h"

const char *act_name(uint8_t act)
{
	static const char *const names[] = { "", "deny", "reject", "limit",
		"open", "spare", "unspare" };

	return act < countof(names) ? names[act] : "";
}

/* enum history of the ledger: a file's numbers, they never change */
const char *how_name(uint8_t how)
{
	static const char *const names[] = { "", "denied", "limited", "alarm",
		"ended", "pardoned", "allowed", "refused" };

	return how < countof(names) ? names[how] : "";
}
