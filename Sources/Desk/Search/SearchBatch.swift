import DeskProtocol
import Storage
import Vocabulary

/// One step of the indexer, decided: what goes into the index, and where it stands then.
struct SearchBatch: Sendable {
    private struct Thread {
        let conversation: ConversationID
        let seq: Int64
        let customer: String
        let customerEntry: Int64?
    }

    /// Without words there is nothing to be found by.
    private struct Entry {
        let id: Int64
        let conversation: ConversationID
        let seq: Int64
        let words: String
    }

    /// Room of one step: some milliseconds of the writer's time. A text takes one, and one more for each `unit` of bytes.
    private static let wholeRoom = 128
    private static let unit = 256

    private(set) var position: SearchPosition
    /// Those that this step has taken, and whether as a whole: the walk may come by one that the feed has told of.
    private var conversations: [ConversationID: Bool] = [:]
    private var threads: [Thread] = []
    private var entries: [Entry] = []
    private var replaced: [Int64] = []
    /// The last entry of each millisecond.
    private var taken: [Int64: Int64] = [:]
    /// Texts of this step.
    private(set) var texts = 0

    init(at position: SearchPosition) {
        self.position = position
    }

    private(set) var room = wholeRoom

    /// Takes what a conversation has beyond the index, as far as there is room.
    /// - Returns: whether that is all of it.
    mutating func add(_ thread: SearchThread, on connection: any SQLConnection) throws -> Bool {
        if let isWhole = conversations[thread.conversation] { return isWhole }
        guard room > 0 else { return false }
        var entry = thread.customerEntry
        if thread.customer != thread.indexedCustomer {
            if let entry { replaced.append(entry) }
            entry = add(thread.customer, seq: 0, at: thread.lastAt, in: thread.conversation)
        }
        let limit = max(1, room)
        let news = try thread.news(limit: limit, on: connection)
        // Nothing more is there: whatever number the conversation says, the index doesn't wait for it.
        var isWhole = news.count < limit
        var seq = thread.seq
        for event in news {
            guard room > 0 else {
                isWhole = false
                break
            }
            if let text = event.text { _ = add(text, seq: event.seq, at: event.at, in: thread.conversation) }
            seq = event.seq
        }
        if seq > thread.seq || thread.customer != thread.indexedCustomer {
            threads.append(Thread(conversation: thread.conversation, seq: seq, customer: thread.customer, customerEntry: entry))
        }
        isWhole = isWhole || seq >= thread.lastSeq
        conversations[thread.conversation] = isWhole
        return isWhole
    }

    mutating func move(_ body: (inout SearchPosition) -> Void) { body(&position) }

    private mutating func add(_ text: String, seq: Int64, at time: Timestamp, in conversation: ConversationID) -> Int64? {
        texts += 1
        room -= 1 + text.utf8.count / Self.unit
        let words = SearchRun.all(in: text).flatMap(\.words)
        guard !words.isEmpty else { return nil }
        let id = entry(at: time)
        // A space before and behind each: where an engine has no full text, a word is looked for with them.
        let line = words.reduce(into: " ") { $0 += $1.token(in: position.number) + " " }
        entries.append(Entry(id: id, conversation: conversation, seq: seq, words: line))
        return id
    }

    /// Rises with `time`, and within this step with the order in which it takes what was said in the same millisecond. Should it meet one of
    /// another step, the schema refuses this one, and it is decided anew with other bits.
    private mutating func entry(at time: Timestamp) -> Int64 {
        let milliseconds = min(max(0, time.milliseconds), Int64.max >> 20)
        let id = taken[milliseconds].map { $0 + 1 } ?? (milliseconds << 20 | .random(in: 0..<(1 << 19)))
        taken[milliseconds] = id
        return id
    }

    // MARK: Storing

    private static let entryInsertion = SQLInsertion(into: "search_entry", ["id", "conversation_id", "seq"])
    // In quotes: to SQLite it is the row's own number, to others a column.
    private static let wordsInsertion = SQLInsertion(into: "search_words", ["\"rowid\"", "words"])
    private static let threadInsertion = SQLInsertion(
        into: "search_thread", ["conversation_id", "seq", "customer_words", "customer_entry"],
        suffix: """
            ON CONFLICT (conversation_id) DO UPDATE SET seq = excluded.seq, customer_words = excluded.customer_words, \
            customer_entry = excluded.customer_entry
            """)

    /// - Throws: `Overtaken`, when another indexer made a step since this one was decided.
    func store(on connection: any SQLConnection) throws {
        guard try SearchPositionStore.move(position, on: connection) else { throw Overtaken() }
        // Its words stay and lead nowhere: an index that keeps no texts can't take them out again.
        for id in replaced { try connection.execute("DELETE FROM search_entry WHERE id = ?", id) }
        try connection.insert(threadRows, with: Self.threadInsertion)
        var (numbers, words) = (SQLRows(width: Self.entryInsertion.width), SQLRows(width: Self.wordsInsertion.width))
        for entry in entries {
            numbers.add(entry.id)
            numbers.add(entry.conversation.description)
            numbers.add(entry.seq)
            words.add(entry.id)
            words.add(entry.words)
        }
        try connection.insert(numbers, with: Self.entryInsertion)
        try connection.insert(words, with: Self.wordsInsertion)
    }

    private var threadRows: SQLRows {
        var rows = SQLRows(width: Self.threadInsertion.width)
        for thread in threads {
            rows.add(thread.conversation.description)
            rows.add(thread.seq)
            rows.add(thread.customer)
            rows.add(thread.customerEntry)
        }
        return rows
    }

    /// Somebody else did this work.
    struct Overtaken: Error {}
}
