import Console
import Desk
import Gateway
import People
import Relay
import Storage
import WebServer

/// Why the house did not open, in one sentence and with the kind that decides the exit code.
package struct StartRefusal: Sendable {
    package enum Kind: Sendable {
        case configuration, taken, storage, data, unexpected
        /// Reading or writing failed, or there is no room.
        case disk
        /// Try again a little later.
        case later
        case missing, permission
        /// Migrations: taken back, a person has to look, or the database is of a newer release.
        case rolledBack, needsPerson, newer
        /// It listens and does not answer.
        case notReady
    }

    package let kind: Kind
    package let sentence: String

    package init(_ error: any Error) {
        switch error {
        case let error as StorageError: self.init(error.kind, "\(error) [\(error.code)]")
        case let error as MigratorError: self.init(error.refusal, "\(error) [\(error.code)]")
        case let error as SharingError: self.init(.configuration, "\(error) [\(error.code)]")
        case let error as CopyError: self.init(error.kind, "\(error) [\(error.code)]")
        case let error as BackupError: self.init(error.refusal, "\(error) [\(error.code)]")
        case let error as WebServerError: self.init(error.kind, "\(error) [\(error.code)]")
        case let error as ConsoleError: self.init(.configuration, "\(error) [\(error.code)]")
        case let error as PeopleError: self.init(.data, "\(error.explanation) [\(error.code)]")
        case let error as DeskError: self.init(.data, "\(error.explanation) [\(error.code)]")
        case let error as GatewayError: self.init(.configuration, "\(error.explanation) [\(error.code)]")
        case let refusal as FirstNodeRefusal:
            self.init(.configuration, "UPSTREAM_BASE_URL makes no node: \(refusal.error.explanation) [\(refusal.error.code)]")
        case let error as LedgerError: self.init(.storage, "\(error) [\(error.code)]")
        case let error as RelayError: self.init(.configuration, "\(error) [\(error.code)]")
        default: self.init(.unexpected, "\(error)")
        }
    }

    private init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }
}

extension StorageError {
    fileprivate var kind: StartRefusal.Kind {
        switch self {
        case .inUse: .taken
        case .engine where isCorrupt: .data
        case .engine where isAboutDisk: .disk
        case .unreachable(_, let reason) where reason.isAboutRights: .permission
        case .unreachable, .unknownOutcome: .later
        case .cannotOpen, .engine: .storage
        default: .data
        }
    }
}

extension String {
    /// The database server knows who we are, and does not let us in.
    fileprivate var isAboutRights: Bool { contains("denied") }
}

extension CopyError {
    fileprivate var kind: StartRefusal.Kind {
        switch self {
        case .address, .sourceBehind: .configuration
        case .targetInUse: .taken
        case .unfinished, .begun, .finished, .targetTaken, .anotherSource, .nothingBegun: .needsPerson
        case .sourceChanged, .notIdentical: .data
        case .circle, .keyless: .unexpected
        }
    }
}

extension WebServerError {
    fileprivate var kind: StartRefusal.Kind {
        switch self {
        case .portTaken: .taken
        case .notAnswering: .notReady
        default: .configuration
        }
    }
}

extension MigratorError {
    fileprivate var refusal: StartRefusal.Kind {
        switch kind {
        case .mismatch: .configuration
        case .newer: .newer
        case .rolledBack: .rolledBack
        case .needsPerson: .needsPerson
        case .disk: .disk
        case .later: .later
        }
    }
}

extension BackupError {
    fileprivate var refusal: StartRefusal.Kind {
        switch self {
        case .noRoom, .disk, .noThread: .disk
        case .busy, .stopped: .later
        case .noDatabase, .notFound: .missing
        case .notIdentical, .damaged: .data
        case .newer: .newer
        case .notOwner: .permission
        }
    }
}
