import Crashes

/// `GET /api/operations/ends`. Times in milliseconds since 1970.
struct EndListBody: Encodable {
    let now: Int64
    let startedAt: Int64
    let foundedAt: Int64
    let items: [EndBody]
    let refusal: RefusalBody?
}

/// One line of the list.
struct EndBody: Encodable {
    let id: String
    let at: Int64
    let cause: String
    let unplanned: Bool
    let uptime: Int64?
    let sentence: String
    /// How many of those that are kept are like it, itself included.
    let similar: Int

    init(_ certificate: Certificate, similar: Int, in language: CrashLanguage) {
        id = certificate.id
        at = certificate.endedAt
        cause = certificate.cause.rawValue
        unplanned = certificate.cause.isUnplanned
        uptime = certificate.uptime
        sentence = Why(certificate, in: language).sentence
        self.similar = similar
    }
}

/// The last start that was refused.
struct RefusalBody: Encodable {
    let at: Int64
    let exitCode: Int
    let sentence: String

    init(_ refusal: Refusal, in language: CrashLanguage) {
        at = refusal.at
        exitCode = refusal.exitCode
        sentence =
            refusal.sentence.isEmpty ? ExitTable.meaning(ofCode: refusal.exitCode)?.meaning.text(in: language) ?? "" : refusal.sentence
    }
}

/// `GET /api/operations/ends/<id>`.
struct EndDetailBody: Encodable {
    struct Line: Encodable {
        let name: String
        let value: String
    }

    struct Frame: Encodable {
        let text: String
        let own: Bool
        let kind: String
    }

    struct Record: Encodable {
        let at: Int64
        let level: String
        let text: String
    }

    struct InFlight: Encodable {
        let kind: String
        let request: String?
        let bytes: Int64
        let age: Int64?
        let suspect: Bool
    }

    let end: EndBody
    let evidence: [Line]
    let remedies: [String]
    let frames: [Frame]
    let threads: [String]
    let inFlight: [InFlight]
    let log: [Record]

    init(_ certificate: Certificate, similar: Int, in language: CrashLanguage) {
        let why = Why(certificate, in: language)
        end = EndBody(certificate, similar: similar, in: language)
        evidence = why.evidence.map { Line(name: $0.name, value: $0.value) }
        remedies = why.remedies
        frames = zip(why.frameLines, certificate.crash?.frames ?? []).prefix(100).map {
            Frame(text: $0, own: $1.isOwn, kind: $1.kind.rawValue)
        }
        threads = Array((certificate.hang?.threads ?? []).prefix(100))
        inFlight = certificate.inFlight.map { one in
            InFlight(
                kind: one.kind, request: one.request, bytes: one.bytes, age: one.age,
                suspect: one.fingerprint.map { certificate.poison.contains($0) } ?? false)
        }
        log = certificate.log.suffix(100).map { Record(at: $0.at, level: $0.level, text: $0.text) }
    }
}
