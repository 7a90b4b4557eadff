#if MySQL
    import CMariaDB
    import Storage

    /// The values for a statement's places: texts and blobs side by side in one piece of memory.
    struct MySQLArguments {
        enum Cell {
            case null
            case integer(Int64)
            case real(Double)
            case text(start: Int, count: Int)
            case blob(start: Int, count: Int)
        }

        private(set) var cells: [Cell] = []
        private(set) var bytes: [UInt8] = []

        static let none = MySQLArguments([])

        init(_ values: [SQLValue]) {
            cells.reserveCapacity(values.count)
            for value in values {
                switch value {
                case .null: cells.append(.null)
                case .integer(let number): cells.append(.integer(number))
                case .real(let number): cells.append(.real(number))
                case .text(let text):
                    cells.append(.text(start: bytes.count, count: text.utf8.count))
                    bytes += text.utf8
                case .blob(let blob):
                    cells.append(.blob(start: bytes.count, count: blob.count))
                    bytes += blob
                }
            }
        }

        /// Some of `rows`, whose texts stay where they are.
        init(_ rows: SQLRows, _ range: Range<Int>) {
            bytes = rows.bytes
            cells = rows.cells.dropFirst(range.lowerBound).prefix(range.count).map { cell in
                switch cell {
                case .null: .null
                case .integer(let number): .integer(number)
                case .text(let start, let count): .text(start: start, count: count)
                }
            }
        }

        /// What they take in a packet, about.
        var size: Int {
            cells.reduce(0) { sum, cell in
                switch cell {
                case .null: sum + 1
                case .integer, .real: sum + 10
                case .text(_, let count), .blob(_, let count): sum + count + 10
                }
            }
        }

        /// Calls `body` with the binds, which are good only in it.
        func withBinds<Value>(_ body: (UnsafeMutablePointer<MYSQL_BIND>?) throws -> Value) rethrows -> Value {
            var binds = [MYSQL_BIND](repeating: MYSQL_BIND(), count: cells.count)
            var numbers = [Int64](repeating: 0, count: cells.count)
            return try bytes.withUnsafeBytes { texts in
                try numbers.withUnsafeMutableBytes { numbers in
                    for index in cells.indices {
                        bind(
                            cells[index], &binds[index], UnsafeMutableRawBufferPointer(rebasing: numbers[(index * 8)..<(index * 8 + 8)]),
                            texts)
                    }
                    return try binds.withUnsafeMutableBufferPointer { try body($0.baseAddress) }
                }
            }
        }

        private func bind(_ cell: Cell, _ bind: inout MYSQL_BIND, _ number: UnsafeMutableRawBufferPointer, _ texts: UnsafeRawBufferPointer)
        {
            bind.buffer = number.baseAddress
            switch cell {
            case .null: bind.buffer_type = MYSQL_TYPE_NULL
            case .integer(let value):
                bind.buffer_type = MYSQL_TYPE_LONGLONG
                number.storeBytes(of: value, as: Int64.self)
            case .real(let value):
                bind.buffer_type = MYSQL_TYPE_DOUBLE
                number.storeBytes(of: value, as: Double.self)
            case .text(let start, let count): bind.take(MYSQL_TYPE_STRING, texts, start, count)
            case .blob(let start, let count): bind.take(MYSQL_TYPE_BLOB, texts, start, count)
            }
        }
    }

    extension MYSQL_BIND {
        /// The library reads what is bound and never writes it.
        fileprivate mutating func take(_ type: enum_field_types, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) {
            buffer_type = type
            guard count > 0, start >= 0, start + count <= bytes.count, let base = bytes.baseAddress else { return }
            buffer = UnsafeMutableRawPointer(mutating: base + start)
            buffer_length = UInt(count)
        }
    }
#endif
