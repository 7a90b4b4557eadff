import Vocabulary

/// Reads the fields of one object with errors that name the field.
package struct FrameFields: Sendable {
    let object: JSONObject
    /// Echoed in every error, so that the client knows which frame failed.
    let ref: Int64?

    package init(_ object: JSONObject) {
        var ref: Int64?
        if case .integer(let number)? = object["ref"] { ref = number }
        self.init(object, ref: ref)
    }

    init(_ object: JSONObject, ref: Int64?) {
        self.object = object
        self.ref = ref
    }

    func failure(_ code: FrameErrorCode, _ message: String) -> FrameError {
        FrameError(code, message, ref: ref)
    }

    func wrong(_ name: StaticString, _ wanted: String) -> FrameError {
        failure(.badFrame, "\(name) must be \(wanted)")
    }

    func optionalText(_ name: StaticString, atMost bytes: Int) throws(FrameError) -> String? {
        guard let value = object[String(describing: name)] else { return nil }
        guard case .string(let text) = value, text.utf8.count <= bytes else { throw wrong(name, "a text of at most \(bytes) bytes") }
        return text
    }

    func text(_ name: StaticString, atMost bytes: Int) throws(FrameError) -> String {
        guard let text = try optionalText(name, atMost: bytes) else { throw wrong(name, "given") }
        return text
    }

    /// Numbers of the protocol count things: never negative.
    func optionalInteger(_ name: StaticString) throws(FrameError) -> Int64? {
        guard let value = object[String(describing: name)] else { return nil }
        guard case .integer(let number) = value, number >= 0 else { throw wrong(name, "a whole number, 0 or more") }
        return number
    }

    func integer(_ name: StaticString) throws(FrameError) -> Int64 {
        guard let number = try optionalInteger(name) else { throw wrong(name, "given") }
        return number
    }

    func flag(_ name: StaticString) throws(FrameError) -> Bool {
        guard case .bool(let flag)? = object[String(describing: name)] else { throw wrong(name, "true or false") }
        return flag
    }

    func optionalIdentifier<Subject>(_ name: StaticString) throws(FrameError) -> Identifier<Subject>? {
        guard let text = try optionalText(name, atMost: 64) else { return nil }
        guard let identifier = Identifier<Subject>(text) else { throw wrong(name, "an id of 26 characters") }
        return identifier
    }

    func identifier<Subject>(_ name: StaticString) throws(FrameError) -> Identifier<Subject> {
        guard let identifier: Identifier<Subject> = try optionalIdentifier(name) else { throw wrong(name, "given") }
        return identifier
    }
}
