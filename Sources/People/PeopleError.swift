/// What the people's room refuses, with stable codes; only its door knows the HTTP status.
package enum PeopleError: Error, Hashable, Sendable {
    /// One or more fields break a rule; never empty.
    case invalid([FieldFault])
    case signedOut
    case forbidden
    /// One answer for an unknown address, a wrong password and an inactive member.
    case signInRefused
    case tooManyTries(retryAfter: Duration)
    case passwordWrong
    case emailTaken
    case alreadySetUp
    case setupTokenRefused
    case lastOwner
    case memberUnknown
    case sessionUnknown
    case invitationUnknown
    case cursorInvalid
    /// More passwords are waiting to be checked than the queue holds.
    case busy
    /// The library that hashes passwords does not start.
    case passwordsUnavailable

    /// Stable: clients and tests compare it.
    package var code: String {
        switch self {
        case .invalid(let faults): faults.count == 1 ? faults.first?.reason.code ?? "people.invalid" : "people.invalid"
        case .signedOut: "people.signed_out"
        case .forbidden: "people.forbidden"
        case .signInRefused: "people.sign_in_refused"
        case .tooManyTries: "people.too_many_tries"
        case .passwordWrong: "people.password_wrong"
        case .emailTaken: "people.email_taken"
        case .alreadySetUp: "people.already_set_up"
        case .setupTokenRefused: "people.setup_token"
        case .lastOwner: "people.last_owner"
        case .memberUnknown: "people.member_unknown"
        case .sessionUnknown: "people.session_unknown"
        case .invitationUnknown: "people.invitation_unknown"
        case .cursorInvalid: "people.cursor_invalid"
        case .busy: "people.busy"
        case .passwordsUnavailable: "people.passwords_unavailable"
        }
    }

    /// What happened and what to do, for people.
    package var explanation: String {
        switch self {
        case .invalid(let faults): faults.map { "\($0.field.rawValue): \($0.reason.explanation)" }.joined(separator: " ")
        case .signedOut: "Your session has ended or never began. Sign in."
        case .forbidden: "Your role may not do this. Ask an owner or an admin of the workspace."
        case .signInRefused: "E-mail address and password do not match an active member. Check both and try again."
        case .tooManyTries(let wait): "Too many tries. Wait \(max(1, wait.components.seconds)) s, then try again."
        case .passwordWrong: "The current password is not right. Type it again."
        case .emailTaken: "This e-mail address already signs in on this server. Use another one, or sign in with it."
        case .alreadySetUp: "This server is already set up. Sign in, or ask an owner for an invitation."
        case .setupTokenRefused: "This set-up token is not the current one. Take the address that the server printed when it last started."
        case .lastOwner: "A workspace keeps at least one active owner. Make another member an owner first."
        case .memberUnknown: "There is no such member in your workspace."
        case .sessionUnknown: "You have no such session; it may have ended already."
        case .invitationUnknown: "This invitation is used, withdrawn or older than 7 days. Ask for a new one."
        case .cursorInvalid: "This cursor was not made by this list. Begin again without one."
        case .busy: "Many people are signing in at this moment. Try again in a few seconds."
        case .passwordsUnavailable: "The password library (libsodium) does not start on this machine. Check its installation."
        }
    }
}

/// One field that breaks a rule.
package struct FieldFault: Error, Hashable, Sendable {
    package let field: Field
    package let reason: Reason

    package init(field: Field, reason: Reason) {
        self.field = field
        self.reason = reason
    }

    /// The fields that people fill in.
    package enum Field: String, Sendable {
        case workspace, name, email, password, shops
        /// The new password where the current one is asked too.
        case newPassword = "new"
    }

    /// Which rule, and so which code.
    package enum Reason: Hashable, Sendable {
        case nameLength, nameCharacters, email, passwordLength, passwordIsEmail, passwordCommon, shopUnknown

        /// Stable: clients and tests compare it.
        package var code: String {
            switch self {
            case .nameLength, .nameCharacters: "people.name_invalid"
            case .email: "people.email_invalid"
            case .passwordLength, .passwordIsEmail, .passwordCommon: "people.password_weak"
            case .shopUnknown: "people.shop_unknown"
            }
        }

        /// What to do, for people.
        package var explanation: String {
            switch self {
            case .nameLength: "Give it 1 to 100 characters."
            case .nameCharacters:
                "Write something that can be seen, and leave out line breaks, control characters and signs that turn the direction of writing."
            case .email: "Give an address such as ada@lantern.example, in ASCII letters, at most 254 characters."
            case .passwordLength: "Take 10 to 200 characters."
            case .passwordIsEmail: "Take something else than the e-mail address."
            case .passwordCommon: "This one is among the first that are guessed. Take a longer or less usual one."
            case .shopUnknown: "At least one of these shops is not in your workspace."
            }
        }
    }
}

/// Collects what is wrong with a form, so that people hear all of it at once.
struct FormCheck {
    private(set) var faults: [FieldFault] = []

    mutating func read<Value>(_ body: () throws(FieldFault) -> Value) -> Value? {
        do throws(FieldFault) {
            return try body()
        } catch {
            faults.append(error)
            return nil
        }
    }

    var error: PeopleError { .invalid(faults) }
}
