/*
 * banned - calls that this house does without; using one does not compile.
 *
 * Included before every source file by the build.
 */
#ifndef LPT_BANNED_H
#define LPT_BANNED_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef alloca
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atoll
#pragma GCC poison sscanf vsscanf system popen signal alloca strncpy strncat

#endif
