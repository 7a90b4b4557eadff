// MariaDB Connector/C (LGPL 2.1, linked dynamically): the client library of MySQL-compatible servers.
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
