/// Why a practice node can't start, or can't do what it was told.
package enum PracticeNodeError: Error, Equatable {
    case name(String)
    case fault(String)
    case script(String)
    case certificate(String)
    case listening(address: String, reason: String)

    /// Stable, for tests.
    package var code: String {
        switch self {
        case .name: "practice.name"
        case .fault: "practice.fault"
        case .script: "practice.script"
        case .certificate: "practice.certificate"
        case .listening: "practice.listening"
        }
    }
}

extension PracticeNodeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): "“\(name)” can't be a practice node's name: 1 to 40 letters, digits and hyphens, please"
        case .fault(let text): "“\(text)” is no fault that a practice node knows; these are: \(Fault.usages.joined(separator: ", "))"
        case .script(let reason): "the script can't be read: \(reason)"
        case .certificate(let reason): "the certificate or its key can't be used: \(reason)"
        case .listening(let address, let reason): "can't listen on \(address): \(reason)"
        }
    }
}
