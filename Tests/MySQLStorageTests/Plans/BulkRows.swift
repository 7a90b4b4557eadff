#if MySQL
    import MySQLStorage
    import Storage
    import TestSupport

    /// Fills tables with thousands of rows by the server itself: `seq` counts them.
    struct BulkRows {
        static let count = 6_000
        /// An id of the row's number, rising.
        static let id = "CONCAT('01K', LPAD(seq, 23, '0'))"

        let server: MariaDBServer
        let name: String

        init(_ room: TestRoom) throws {
            server = try MariaDBServer.shared()
            name = room.configuration?.database ?? ""
        }

        static func id(_ number: Int) -> String { "01K" + String(repeating: "0", count: 23 - "\(number)".count) + "\(number)" }

        /// - Parameter values: expressions in `seq`, by column.
        func fill(_ table: String, _ values: KeyValuePairs<String, String>, count: Int = Self.count) throws {
            let (columns, expressions) = (values.map(\.key).joined(separator: ", "), values.map(\.value).joined(separator: ", "))
            try server.execute(
                "INSERT INTO \(table) (\(columns)) SELECT \(expressions) FROM seq_1_to_\(count); ANALYZE TABLE \(table)", in: name)
        }
    }
#endif
