#if MySQL
    import CMariaDB
    import Storage

    /// What the server or the client library answered instead of doing it.
    struct MySQLFault: Error, Equatable {
        let code: UInt32
        /// Five characters, ISO 9075.
        let state: String
        let message: String

        /// What can be done about it.
        enum Remedy {
            /// The connection is gone or good for nothing: take another one, the transaction never was.
            case reconnect
            /// The transaction is lost, another try may well work.
            case again
            /// The statement is at fault.
            case none
        }

        /// Codes: mariadb.com/kb/en/mariadb-error-code-reference, dev.mysql.com/doc/mysql-errors.
        var remedy: Remedy {
            switch code {
            // CR_CONNECTION_ERROR, CONN_HOST_ERROR, UNKNOWN_HOST, SERVER_GONE, SERVER_HANDSHAKE_ERR, SERVER_LOST, SSL, MALFORMED, SERVER_LOST_EXTENDED
            case 2002, 2003, 2005, 2006, 2012, 2013, 2026, 2027, 2055: .reconnect
            // Too many connections, shutdown, aborted, network errors, killed, idle too long
            case 1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1927, 4031: .reconnect
            // Galera: this node is not (any more) part of the primary component. Read-only: this is not the primary any more.
            case 1047, 1290, 1836: .reconnect
            // Lock wait, deadlock and failed certification, XA deadlock, table changed under the snapshot, record changed under it
            case 1205, 1213, 1614, 1412, 1020: .again
            default: .none
            }
        }

        /// In the words of the stores.
        /// - Parameters:
        ///   - columns: of the unique rule that refused the row, as `table.column, table.column`.
        ///   - table: that was written.
        func storageError(server: String, columns: String? = nil, table: String? = nil) -> StorageError {
            switch code {
            case 1062, 1169, 1586: .duplicate(constraint: columns ?? key ?? message)
            case 1216, 1217, 1451, 1452: .refused(constraint: "FOREIGN KEY constraint failed")
            // NOT NULL, no default
            case 1048, 1364: .refused(constraint: [table, quoted].compactMap(\.self).joined(separator: "."))
            // Too long, out of range, bad value, truncated, CHECK (MariaDB, MySQL), SIGNAL of a trigger
            case 1406, 1264, 1366, 1265, 4025, 3819, 1644: .refused(constraint: message)
            default:
                remedy == .reconnect ? .unreachable(server: server, reason: text) : .engine(code: Int32(clamping: code), message: message)
            }
        }

        /// With the code, for those who look it up.
        var text: String { "\(message) (\(code))" }

        /// The first name in quotes.
        private var quoted: String? {
            let parts = message.split(separator: "'", omittingEmptySubsequences: false)
            return parts.indices.contains(1) ? String(parts[1]) : nil
        }

        /// The name behind the last "for key '": the value before it may hold the same words.
        var key: String? {
            let label = "for key '"
            let bytes = Array(message.utf8)
            guard let start = bytes.indices.last(where: { bytes[$0...].starts(with: label.utf8) }) else { return nil }
            let name = bytes[(start + label.utf8.count)...].prefix { $0 != UInt8(ascii: "'") }
            // MySQL 8 writes the table before it.
            return String(decoding: name.split(separator: UInt8(ascii: ".")).last ?? [], as: UTF8.self)
        }
    }
#endif
