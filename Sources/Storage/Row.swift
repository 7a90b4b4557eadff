package import Vocabulary

/// One row of a result: columns by position, in the query's order.
///
/// Position, not name: a name look-up per value cost more than the value on the hot path.
package struct Row: Sendable {
    package let values: [SQLValue]

    package init(values: [SQLValue]) {
        self.values = values
    }

    /// The column at `index` as `Value`.
    /// - Throws: `StorageError.unexpectedValue` when there is no such column or it holds something else.
    package func get<Value: SQLConvertible>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        guard values.indices.contains(index), let value = Value(sqlValue: values[index]) else {
            throw StorageError.unexpectedValue(column: index, wanted: String(describing: type))
        }
        return value
    }
}

/// A value that a statement can take and a row can give.
package protocol SQLConvertible {
    /// Nil when the stored value is of another kind.
    init?(sqlValue: SQLValue)
    var sqlValue: SQLValue { get }
}

extension Int64: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue else { return nil }
        self = value
    }

    package var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue, let exact = Int(exactly: value) else { return nil }
        self = exact
    }

    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Bool: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue, value == 0 || value == 1 else { return nil }
        self = value == 1
    }

    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .real(let value): self = value
        case .integer(let value): self = Double(value)
        default: return nil
        }
    }

    package var sqlValue: SQLValue { .real(self) }
}

extension String: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .text(let value) = sqlValue else { return nil }
        self = value
    }

    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .blob(let value) = sqlValue else { return nil }
        self = value
    }

    package var sqlValue: SQLValue { .blob(self) }
}

extension Timestamp: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .integer(let value) = sqlValue else { return nil }
        self.init(milliseconds: value)
    }

    package var sqlValue: SQLValue { .integer(milliseconds) }
}

extension Identifier: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard case .text(let value) = sqlValue else { return nil }
        self.init(value)
    }

    package var sqlValue: SQLValue { .text(description) }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        if case .null = sqlValue {
            self = .none
        } else if let value = Wrapped(sqlValue: sqlValue) {
            self = .some(value)
        } else {
            return nil
        }
    }

    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension SQLConvertible where Self: RawRepresentable, RawValue: SQLConvertible {
    package init?(sqlValue: SQLValue) {
        guard let raw = RawValue(sqlValue: sqlValue) else { return nil }
        self.init(rawValue: raw)
    }

    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension Role: SQLConvertible {}
