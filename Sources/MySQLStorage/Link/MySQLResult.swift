#if MySQL
    import CMariaDB
    import Storage

    /// The place into which the rows of one result are read, one after the other.
    final class MySQLResult {
        /// A longer value is refused: nothing that the house stores comes near.
        static let longestValue = 64 << 20

        fileprivate enum Kind {
            case integer(isSigned: Bool)
            case real
            /// A number as text: sums and averages.
            case decimal(isWhole: Bool)
            case text
            case blob
        }

        private let kinds: [Kind]
        /// Of each column: where it begins in `memory` and how much room it has.
        private let places: [(start: Int, room: Int)]
        private let memory: UnsafeMutableRawBufferPointer
        private let lengths: UnsafeMutableBufferPointer<UInt>
        private let nulls: UnsafeMutableBufferPointer<my_bool>
        private let list: UnsafeMutableBufferPointer<MYSQL_BIND>

        var binds: UnsafeMutablePointer<MYSQL_BIND>? { list.baseAddress }

        /// - Parameter result: stored, so that the longest value of each column is known.
        init(_ result: UnsafeMutablePointer<MYSQL_RES>) throws {
            let fields = UnsafeBufferPointer(start: mysql_fetch_fields(result), count: Int(mysql_num_fields(result)))
            var (end, places, kinds): (Int, [(start: Int, room: Int)], [Kind]) = (0, [], [])
            for field in fields {
                let kind = Self.kind(of: field)
                let room = kind.hasFixedSize ? 8 : Int(field.max_length)
                guard room <= Self.longestValue else { throw MySQLFault(code: 2020, state: "HY000", message: "a value is too long") }
                kinds.append(kind)
                places.append((end, room))
                end += (room + 8) & ~7
            }
            (self.kinds, self.places) = (kinds, places)
            memory = .allocate(byteCount: max(8, end), alignment: 8)
            lengths = .allocate(capacity: fields.count)
            nulls = .allocate(capacity: fields.count)
            list = .allocate(capacity: fields.count)
            lengths.initialize(repeating: 0)
            nulls.initialize(repeating: 0)
            list.initialize(repeating: MYSQL_BIND())
            for index in kinds.indices { bind(index) }
        }

        deinit {
            memory.deallocate()
            lengths.deallocate()
            nulls.deallocate()
            list.deallocate()
        }

        /// The row that was fetched last.
        func row() throws -> Row {
            Row(values: try kinds.indices.map { nulls[$0] == 0 ? try value($0) : .null })
        }

        private func bind(_ index: Int) {
            list[index].buffer = memory.baseAddress.map { $0 + places[index].start }
            list[index].buffer_length = UInt(places[index].room)
            list[index].length = lengths.baseAddress.map { $0 + index }
            list[index].is_null = nulls.baseAddress.map { $0 + index }
            list[index].buffer_type =
                switch kinds[index] {
                case .integer: MYSQL_TYPE_LONGLONG
                case .real: MYSQL_TYPE_DOUBLE
                case .decimal, .text: MYSQL_TYPE_STRING
                case .blob: MYSQL_TYPE_BLOB
                }
        }

        private func value(_ index: Int) throws -> SQLValue {
            switch kinds[index] {
            case .integer(let isSigned):
                let number = memory.load(fromByteOffset: places[index].start, as: Int64.self)
                guard isSigned || number >= 0 else { throw tooLarge }
                return .integer(number)
            case .real: return .real(memory.load(fromByteOffset: places[index].start, as: Double.self))
            case .decimal(isWhole: true):
                guard let number = Int64(text(index)) else { throw tooLarge }
                return .integer(number)
            case .decimal(isWhole: false): return .real(Double(text(index)) ?? 0)
            case .text: return .text(text(index))
            case .blob: return .blob(Array(bytes(index)))
            }
        }

        private func bytes(_ index: Int) -> Slice<UnsafeMutableRawBufferPointer> {
            memory.dropFirst(places[index].start).prefix(min(Int(lengths[index]), places[index].room))
        }

        private func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

        private var tooLarge: MySQLFault { MySQLFault(code: 1264, state: "22003", message: "a number is beyond 64 bits") }

        private static func kind(of field: MYSQL_FIELD) -> Kind {
            switch field.type {
            case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
                .integer(isSigned: field.flags & UInt32(UNSIGNED_FLAG) == 0)
            case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: .real
            case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: .decimal(isWhole: field.decimals == 0)
            case MYSQL_TYPE_TINY_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_BLOB, MYSQL_TYPE_VAR_STRING,
                MYSQL_TYPE_STRING, MYSQL_TYPE_VARCHAR:
                // 63: the character set "binary".
                field.charsetnr == 63 ? .blob : .text
            default: .text
            }
        }
    }

    extension MySQLResult.Kind {
        fileprivate var hasFixedSize: Bool {
            switch self {
            case .integer, .real: true
            default: false
            }
        }
    }
#endif
