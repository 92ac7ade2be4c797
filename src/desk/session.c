#include "desk/desk.h"

/* People who logged in to the console. */
bool session_who(struct http_request *r)
{
	return false;
}
