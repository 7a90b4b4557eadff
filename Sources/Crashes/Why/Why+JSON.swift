import Vocabulary

// For programs: small objects by hand; the whole certificate is its own JSON.
extension Why {
    /// One line of a list.
    package var json: String {
        let members = [
            "\"id\": \(certificate.id.jsonQuoted)", "\"cause\": \(certificate.cause.rawValue.jsonQuoted)",
            "\"at\": \(certificate.endedAt)", "\"uptime\": \(certificate.uptime.map { String($0) } ?? "null")",
            "\"sentence\": \(sentence.jsonQuoted)",
        ]
        return "{\(members.joined(separator: ", "))}"
    }
}

extension ExitMeaning {
    /// An object.
    package var json: String {
        let text = { (words: Wording) in "{\"en\": \(words.english.jsonQuoted), \"zh\": \(words.chinese.jsonQuoted)}" }
        return """
            {"kind": "\(kind.rawValue)", "number": \(number), "exitStatus": \(exitStatus), "name": \(name.jsonQuoted), \
            "meaning": \(text(meaning)), "remedy": \(text(remedy))}
            """
    }
}

extension Refusal {
    /// An object.
    package var json: String {
        """
        {"refused": true, "at": \(at), "exitCode": \(exitCode), "stage": \((stage?.name ?? "").jsonQuoted), \
        "sentence": \(sentence.jsonQuoted)}
        """
    }
}
