#if MySQL
    import CMariaDB
    import Storage

    /// A prepared statement.
    final class MySQLStatement {
        private let handle: UnsafeMutablePointer<MYSQL_STMT>

        init(_ handle: UnsafeMutablePointer<MYSQL_STMT>) {
            self.handle = handle
        }

        func close() { mysql_stmt_close(handle) }

        func prepare(_ text: String) throws {
            guard mysql_stmt_prepare(handle, text, UInt(text.utf8.count)) == 0 else { throw fault }
            var yes: my_bool = 1
            mysql_stmt_attr_set(handle, STMT_ATTR_UPDATE_MAX_LENGTH, &yes)
        }

        func run(_ arguments: MySQLArguments, atMost size: Int) throws -> Int {
            try execute(arguments, atMost: size)
            defer { mysql_stmt_free_result(handle) }
            // Minus one: it has a result instead.
            return Int(clamping: max(0, Int64(bitPattern: mysql_stmt_affected_rows(handle))))
        }

        /// What the last run set by `LAST_INSERT_ID(…)`.
        var lastNumber: Int64 { Int64(bitPattern: mysql_stmt_insert_id(handle)) }

        func rows(_ arguments: MySQLArguments, atMost size: Int, limit: Int) throws -> [Row] {
            try execute(arguments, atMost: size)
            defer { mysql_stmt_free_result(handle) }
            guard mysql_stmt_field_count(handle) > 0 else { return [] }
            guard mysql_stmt_store_result(handle) == 0, let columns = mysql_stmt_result_metadata(handle) else { throw fault }
            defer { mysql_free_result(columns) }
            let result = try MySQLResult(columns)
            guard mysql_stmt_bind_result(handle, result.binds) == 0 else { throw fault }
            var rows: [Row] = []
            rows.reserveCapacity(min(limit, Int(clamping: mysql_stmt_num_rows(handle))))
            while rows.count < limit {
                switch mysql_stmt_fetch(handle) {
                case 0: rows.append(try result.row())
                case MYSQL_NO_DATA: return rows
                case MYSQL_DATA_TRUNCATED: throw MySQLFault(code: 2057, state: "HY000", message: "a value did not fit its buffer")
                default: throw fault
                }
            }
            return rows
        }

        private func execute(_ arguments: MySQLArguments, atMost size: Int) throws {
            let places = Int(mysql_stmt_param_count(handle))
            guard places == arguments.cells.count else {
                throw MySQLFault(code: 2031, state: "HY000", message: "\(arguments.cells.count) arguments for \(places) places")
            }
            // The server would close the connection on it.
            guard arguments.size + 4_096 <= size else {
                throw MySQLFault(code: 1153, state: "08S01", message: "the values are longer than the server's max_allowed_packet")
            }
            try arguments.withBinds { binds in
                if places > 0, mysql_stmt_bind_param(handle, binds) != 0 { throw fault }
                guard mysql_stmt_execute(handle) == 0 else { throw fault }
            }
        }

        private var fault: MySQLFault {
            MySQLFault(
                code: mysql_stmt_errno(handle), state: String(cString: mysql_stmt_sqlstate(handle)),
                message: String(cString: mysql_stmt_error(handle)))
        }
    }
#endif
