import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import viber.commands.CardButton;
import viber.commands.Keyboard;
import viber.commands.KeyboardButton;
import viber.commands.RichMedia;
import viber.commands.SendMessage;
import viber.commands.SendMessage.Type;
import viber.events.ConversationStarted;
import viber.events.Message;
import viber.events.Subscribed;
import viber.results.Result;

/** What the bot says to what; the types are made of the schemas. */
record Dialogue(String name) {
    /** Viber and the gateway may add members; nulls are not sent. */
    static final ObjectMapper JSON = new ObjectMapper()
        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
        .setSerializationInclusion(Include.NON_NULL);
    private static final String LOGO = "https://www.python.org/static/img/python-logo.png";
    private static final List<String> WORDS = List.of("keyboard", "carousel", "picture");

    /** What to answer, if anything; a welcome only where the event asks for one. */
    Optional<SendMessage> answer(CloudEvent event) throws IOException {
        var kind = event.getType();
        var data = event.getData().toBytes();
        if (kind.endsWith(".subscribed")) {
            return Optional.of(greeting(JSON.readValue(data, Subscribed.class).getUser().getName()));
        }
        if (kind.endsWith(".conversation_started") && event.getExtension("replyto") != null) {
            return Optional.of(greeting(JSON.readValue(data, ConversationStarted.class).getUser().getName()));
        }
        if (kind.endsWith(".callback.message")) {
            var said = JSON.readValue(data, Message.class).getMessage();
            return said.getType().equals("text") ? Optional.of(show(said.getText())) : Optional.empty();
        }
        if (kind.endsWith(".rejected")) {
            var ended = JSON.readValue(data, Result.class);
            var isAnswer = ended.getCommandId().startsWith(name + "-answer-");
            return isAnswer
                ? Optional.of(text("Sorry, Viber refused my answer: " + ended.getStatusMessage()))
                : Optional.empty();
        }
        return Optional.empty();
    }

    private static SendMessage greeting(String user) {
        return text("Welcome, " + (user == null ? "stranger" : user) + "!");
    }

    private static SendMessage text(String words) {
        return new SendMessage().withType(Type.TEXT).withText(words);
    }

    /** What a word of the dialogue stands for; any other text comes back. */
    private static SendMessage show(String words) {
        return switch (words) {
            case "keyboard" -> text("Choose:").withKeyboard(keyboard());
            case "carousel" -> new SendMessage()
                .withType(Type.RICH_MEDIA).withMinApiVersion(2L).withRichMedia(cards());
            case "picture" -> new SendMessage()
                .withType(Type.PICTURE).withText("A picture").withMedia(LOGO);
            default -> text(words);
        };
    }

    private static Keyboard keyboard() {
        return new Keyboard().withType("keyboard").withButtons(WORDS.stream()
            .map(word -> new KeyboardButton()
                .withText(word).withActionBody(word).withColumns(2L).withRows(1L))
            .toList());
    }

    private static RichMedia cards() {
        return new RichMedia().withType("rich_media").withButtons(WORDS.stream()
            .map(word -> new CardButton()
                .withText(word).withActionBody(word).withColumns(6L).withRows(7L))
            .toList());
    }
}
