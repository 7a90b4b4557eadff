/// What one check found.
package struct Finding: Sendable, Equatable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        case pass, warn, fail
        /// Does not apply here.
        case skip
        /// Could not be found out.
        case unknown
    }

    /// Something to do about it.
    package struct Remedy: Sendable, Equatable, Codable {
        /// A command to copy, or a sentence where no command does it.
        package let command: String
        /// What may go wrong when it's done; empty: nothing.
        package let risk: String

        package init(_ command: String, risk: String = "") {
            self.command = command
            self.risk = risk
        }
    }

    package var status: Status
    package var evidence: [String: String]
    /// One sentence; empty where all is well.
    package var cause: String
    package var remedies: [Remedy]

    /// All is well.
    package static func well(_ evidence: [String: String] = [:]) -> Finding {
        Finding(status: .pass, evidence: evidence, cause: "", remedies: [])
    }

    /// It works, and will not for ever.
    package static func warn(_ cause: String, _ remedies: [Remedy], _ evidence: [String: String] = [:]) -> Finding {
        Finding(status: .warn, evidence: evidence, cause: cause, remedies: remedies)
    }

    /// It does not work.
    package static func fail(_ cause: String, _ remedies: [Remedy], _ evidence: [String: String] = [:]) -> Finding {
        Finding(status: .fail, evidence: evidence, cause: cause, remedies: remedies)
    }

    /// Does not apply, and why.
    package static func skip(_ reason: String) -> Finding {
        Finding(status: .skip, evidence: [:], cause: reason, remedies: [])
    }

    /// Could not be found out, and why.
    package static func unknown(_ reason: String) -> Finding {
        Finding(status: .unknown, evidence: [:], cause: reason, remedies: [])
    }
}
