/// Why a request's body is refused (400 in the family's envelope). The raw value is stable: logs and tests compare it.
package enum RequestScanError: String, Error, CaseIterable, Sendable {
    /// Not one JSON value of RFC 8259 with nothing behind it.
    case malformed
    /// JSON, but no object.
    case notObject = "not_object"
    /// More than 256 containers in each other.
    case tooDeep = "too_deep"
    /// No `model` at the top level.
    case modelMissing = "model_missing"
    /// More than one `model`, or a second one in other letters (`Model`): readers differ in which one counts, and the key's limits hold
    /// for one.
    case modelAmbiguous = "model_ambiguous"
    /// `model` is no string of 1 to 256 bytes of UTF-8 without control characters.
    case modelInvalid = "model_invalid"
    /// One request of a batch of more than 32 MB.
    case itemTooLarge = "item_too_large"

    init(_ fault: JSONFault) {
        switch fault {
        case .malformed: self = .malformed
        case .tooDeep: self = .tooDeep
        }
    }

    /// For the client, in English: what to mend.
    package var message: String {
        switch self {
        case .malformed: "The request body is not valid JSON."
        case .notObject: "The request body must be a JSON object."
        case .tooDeep: "The request body is nested deeper than 256 levels."
        case .modelMissing: "model: Field required"
        case .modelAmbiguous: "model: The field is there more than once."
        case .modelInvalid: "model: Must be a string of 1 to 256 bytes."
        case .itemTooLarge: "A request of the batch is larger than 32 MB."
        }
    }
}
