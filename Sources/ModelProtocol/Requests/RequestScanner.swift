/// One pass over a request's body.
struct RequestScanner {
    private static let shortText = 64
    private static let longText = 512
    private static let userIDLimit = 4_096

    private var cursor: JSONCursor
    private var watch = CacheWatch()
    private var scan = RequestScan()
    private var prompt = PromptRanges()
    private var models = 0
    private var isModelInvalid = false

    init(_ body: UnsafeRawBufferPointer) {
        cursor = JSONCursor(body)
    }

    mutating func run() throws(RequestScanError) -> RequestScan {
        let isObject: Bool
        do throws(JSONFault) { isObject = try topLevel() } catch { throw RequestScanError(error) }
        guard isObject else { throw .notObject }
        // Which of several models is meant depends on who reads: said before anything about their values.
        guard models <= 1 else { throw .modelAmbiguous }
        guard !isModelInvalid else { throw .modelInvalid }
        guard models == 1 else { throw .modelMissing }
        scan.cacheLife = watch.life
        scan.mediaCount = watch.mediaCount
        scan.mediaBytes = watch.mediaBytes
        scan.objectIDs = watch.objects.ids
        scan.fingerprint = prompt.fingerprint(cursor.bytes, leftOut: watch.ranges)
        return scan
    }

    /// Whether the text is an object; with everything in it read.
    private mutating func topLevel() throws(JSONFault) -> Bool {
        cursor.skipSpace()
        let isObject = try cursor.entersObject()
        if isObject {
            while let name = try cursor.nextName() { try member(name) }
        }
        guard cursor.isAtEnd() else { throw .malformed }
        return isObject
    }

    private mutating func member(_ name: JSONString) throws(JSONFault) {
        guard let field = field(name) else { return try cursor.skip(watchedBy: &watch) }
        switch field {
        case .model: try model()
        case .modelInOtherLetters:
            models += 2
            try cursor.skip()
        case .stream: scan.isStream = try cursor.flagValue() ?? false
        case .maxTokens: scan.maxTokens = try cursor.integerValue().flatMap { $0 < 0 ? nil : $0 } ?? scan.maxTokens
        case .metadata: try metadata()
        case .system: prompt.system = try skipped()
        case .tools: prompt.tools = try skipped()
        case .messages, .input: try messages()
        case .cacheControl: try watch.cacheControl(name, &cursor)
        case .streamOptions: try streamOptions()
        case .serviceTier: scan.serviceTier = try cursor.textValue(limit: Self.shortText)
        case .inferenceGeo: scan.inferenceGeo = try cursor.textValue(limit: Self.shortText)
        case .user: scan.user = try cursor.textValue(limit: Self.longText)
        case .promptCacheKey: scan.promptCacheKey = try cursor.textValue(limit: Self.longText)
        case .previousResponseID: scan.previousResponseID = try cursor.textValue(limit: Self.longText)
        case .conversation: try conversation()
        case .store: scan.stores = try cursor.flagValue()
        case .background: scan.runsInBackground = try cursor.flagValue() ?? false
        case .container: try container()
        }
    }

    private func field(_ name: JSONString) -> RequestField? {
        guard name.hasEscapes else { return RequestField.named(cursor.raw(name)) }
        guard name.end - name.start <= 6 * RequestField.longestName else { return nil }
        return JSONText.unescaped(cursor.raw(name))?.withUnsafeBytes(RequestField.named)
    }

    private mutating func model() throws(JSONFault) {
        models += 1
        let start = cursor.position
        let text = try cursor.textValue(limit: RequestScan.modelLimit)
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            isModelInvalid = true
            return
        }
        scan.model = text
        scan.modelRange = start..<cursor.position
    }

    private mutating func metadata() throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            guard cursor.says(name, "user_id") else { try cursor.skip(); continue }
            scan.userID = try cursor.textValue(limit: Self.userIDLimit)
            scan.sessionID = scan.userID.flatMap(SessionName.inUserID)
        }
    }

    /// An id, or an object with one.
    private mutating func conversation() throws(JSONFault) {
        guard cursor.byte == UInt8(ascii: "{") else {
            scan.conversationID = try cursor.textValue(limit: Self.longText)
            return
        }
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "id") { scan.conversationID = try cursor.textValue(limit: Self.longText) } else { try cursor.skip() }
        }
    }

    /// Anthropic's: an id, or an object with one and with skills.
    private mutating func container() throws(JSONFault) {
        guard cursor.byte == UInt8(ascii: "{") else { return try watch.objects.note(&cursor) }
        try cursor.enterObject()
        while let name = try cursor.nextName() {
            if cursor.says(name, "id") { try watch.objects.note(&cursor) } else { try cursor.skip(watchedBy: &watch) }
        }
    }

    private mutating func streamOptions() throws(JSONFault) {
        guard try cursor.entersObject() else { return }
        while let name = try cursor.nextName() {
            if cursor.says(name, "include_usage") { scan.includesUsage = try cursor.flagValue() ?? false } else { try cursor.skip() }
        }
    }

    /// `messages`, and `input` of the Responses API, which may also be a text. For embeddings `input` may be an array of texts or numbers.
    private mutating func messages() throws(JSONFault) {
        scan.messageCount = 0
        guard cursor.byte == UInt8(ascii: "[") else {
            if cursor.byte == UInt8(ascii: "\"") { scan.messageCount = 1 }
            prompt.opening = try skipped()
            return
        }
        try cursor.enterArray()
        var isOpening = true
        var start: Int?
        while try cursor.nextElement() {
            scan.messageCount += 1
            guard isOpening else { try cursor.skip(watchedBy: &watch); continue }
            let first = start ?? cursor.position
            start = first
            isOpening = try isOfSystem()
            prompt.opening = first..<cursor.position
        }
    }

    /// Walks over a message and answers whether it is the system's: OpenAI's family has its system prompt among the messages, the same in
    /// many conversations.
    private mutating func isOfSystem() throws(JSONFault) -> Bool {
        guard cursor.byte == UInt8(ascii: "{") else { try cursor.skip(watchedBy: &watch); return false }
        try cursor.enterObject()
        var isOfSystem = false
        while let name = try cursor.nextName() {
            if cursor.says(name, "role"), cursor.byte == UInt8(ascii: "\"") {
                let role = try cursor.string()
                isOfSystem = cursor.says(role, "system") || cursor.says(role, "developer")
            } else if try !watch.takes(name, &cursor) {
                try cursor.skip(watchedBy: &watch)
            }
        }
        return isOfSystem
    }

    /// Walks over the value and answers where it is.
    private mutating func skipped() throws(JSONFault) -> Range<Int> {
        let start = cursor.position
        try cursor.skip(watchedBy: &watch)
        return start..<cursor.position
    }
}
