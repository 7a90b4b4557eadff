/// One field that breaks a rule.
package struct GatewayFault: Error, Hashable, Sendable {
    /// As the admin API names it: `name`, `models[2].match`, `FIRST_BYTE_TIME`.
    package let field: String
    /// Stable, within the room: `length`, `range`, `scheme`. The error's own code is `gateway.invalid` or a narrower one.
    package let code: String
    /// What to do, for people.
    package let reason: String

    package init(_ field: String, _ code: String, _ reason: String) {
        self.field = field
        self.code = code
        self.reason = reason
    }
}

/// Collects what is wrong with a form, so that people hear all of it at once.
struct FaultList {
    private(set) var faults: [GatewayFault] = []

    mutating func add(_ fault: GatewayFault) {
        faults.append(fault)
    }

    /// The value, or nil and one fault more.
    mutating func read<Value>(_ body: () throws(GatewayFault) -> Value) -> Value? {
        do throws(GatewayFault) {
            return try body()
        } catch {
            faults.append(error)
            return nil
        }
    }

    /// - Throws: `GatewayError.invalid` when anything is in it.
    func check() throws(GatewayError) {
        if !faults.isEmpty { throw .invalid(faults) }
    }
}
