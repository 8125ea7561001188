package main

import (
	"cmp"
	"strings"

	"github.com/cloudevents/sdk-go/v2/event"
)

//go:generate go tool go-jsonschema -p main -t --tags json -o types.go ../../schemas/events/message.json ../../schemas/events/subscribed.json ../../schemas/events/conversation_started.json ../../schemas/results/result.json ../../schemas/commands/send_message.json

const logo = "https://www.python.org/static/img/python-logo.png"

var words = []string{"keyboard", "carousel", "picture"}

// show is what a word of the dialogue stands for; any other text comes back.
func show(text string) SendMessage {
	switch text {
	case "keyboard":
		board := &Keyboard{Type: "keyboard"}
		for _, word := range words {
			button := KeyboardButton{ActionBody: word, Text: &word, Columns: new(2), Rows: new(1)}
			board.Buttons = append(board.Buttons, button)
		}
		return SendMessage{Type: new(SendMessageTypeText), Text: new("Choose:"), Keyboard: board}
	case "carousel":
		cards := &RichMedia{Type: "rich_media"}
		for _, word := range words {
			card := CardButton{ActionBody: word, Text: &word, Columns: new(6), Rows: new(7)}
			cards.Buttons = append(cards.Buttons, card)
		}
		return SendMessage{Type: new(SendMessageTypeRichMedia), MinApiVersion: new(2), RichMedia: cards}
	case "picture":
		return SendMessage{Type: new(SendMessageTypePicture), Text: new("A picture"), Media: new(logo)}
	}
	return SendMessage{Type: new(SendMessageTypeText), Text: &text}
}

// answer says what to say, if anything; a welcome only where the event asks for one.
func answer(about *event.Event) (string, bool, error) {
	var joined Subscribed
	var opened ConversationStarted
	var said Message
	var ended Result
	kind, isAsked := about.Type(), about.Extensions()["replyto"] != nil
	switch {
	case strings.HasSuffix(kind, ".subscribed"):
		err := about.DataAs(&joined)
		return greeting(joined.User), true, err
	case strings.HasSuffix(kind, ".conversation_started") && isAsked:
		err := about.DataAs(&opened)
		return greeting(opened.User), true, err
	case strings.HasSuffix(kind, ".callback.message"):
		err := about.DataAs(&said)
		return *cmp.Or(said.Message.Text, new("")), said.Message.Type == "text", err
	case strings.HasSuffix(kind, ".rejected"):
		err := about.DataAs(&ended)
		why := *cmp.Or(ended.StatusMessage, new(""))
		isAnswer := strings.HasPrefix(ended.CommandId, name+"-answer-")
		return "Sorry, Viber refused my answer: " + why, isAnswer, err
	}
	return "", false, nil
}

func greeting(user User) string {
	return "Welcome, " + *cmp.Or(user.Name, new("stranger")) + "!"
}
