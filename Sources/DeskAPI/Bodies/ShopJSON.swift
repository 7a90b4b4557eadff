package import Desk
import DeskProtocol
package import WebServer

/// A shop as the routes show it, for doors that answer with one.
package enum ShopJSON {
    /// - Parameter base: the address under which visitors reach this server.
    package static func object(_ shop: Shop, base: String) -> [UInt8] {
        var writer = JSONWriter()
        shop.write(to: &writer, base: base)
        return writer.bytes
    }

    /// A refusal whose fields stand in an object called `name` of a larger form.
    package static func problem(_ error: DeskError, within name: String) -> Problem {
        var problem = error.problem
        problem.fields = problem.fields.map { FieldProblem(field: "\(name).\($0.field)", code: $0.code, detail: $0.detail) }
        return problem
    }
}
