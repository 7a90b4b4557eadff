#include "CLinux.h"

// Written by the scripts before a build; not there when somebody builds by hand.
#if __has_include("commit.h")
#include "commit.h"
#else
#define SWITCHBOARD_COMMIT "unknown"
#define SWITCHBOARD_DIRTY 0
#define SWITCHBOARD_COMPILER "unknown"
#endif

const char *clinux_commit(void) { return SWITCHBOARD_COMMIT; }
int clinux_is_dirty(void) { return SWITCHBOARD_DIRTY; }
const char *clinux_compiler(void) { return SWITCHBOARD_COMPILER; }
