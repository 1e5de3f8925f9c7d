"""The everyday forms of first names, as people give them at a counter, in French and in English.

Belongs here: which name is said for which. How often an agency writes it down stays in `slips.py`.
"""

from __future__ import annotations

EVERYDAY_FORMS = {
    "Alexandre": "Alex", "Alexandra": "Alex", "Alexis": "Alex", "Amélie": "Mélie", "Andrée": "Dédé", "Antoine": "Tony",
    "Benjamin": "Ben", "Benoît": "Ben", "Bernard": "Ti-Ben", "Brigitte": "Bri", "Caroline": "Caro",
    "Catherine": "Cathy", "Chantal": "Channy", "Charles": "Charlie", "Charlotte": "Cha", "Christiane": "Cri-Cri",
    "Christine": "Chris", "Daniel": "Dan", "Danielle": "Dany", "David": "Dave", "Denis": "Ti-Denis", "Denise": "Nini",
    "Dominique": "Dom", "Dorothée": "Doro", "Édouard": "Ed", "Élisabeth": "Babette", "Éléonore": "Léo",
    "Emmanuel": "Manu", "Emmanuelle": "Manu", "Étienne": "Ti-Tienne", "François": "Frank", "Françoise": "Fran",
    "Frédéric": "Fred", "Frédérique": "Fred", "Gabriel": "Gab", "Gabrielle": "Gaby", "Geneviève": "Gen",
    "Georges": "Jos", "Gérard": "Gerry", "Grégoire": "Greg", "Guillaume": "Guill", "Guy": "Ti-Guy", "Isabelle": "Isa",
    "Jacqueline": "Jackie", "Jacques": "Ti-Jacques", "Jean": "Ti-Jean", "Jessica": "Jess", "Jonathan": "Jo",
    "Joseph": "Jos", "Joséphine": "Josée", "Julien": "Ju", "Juliette": "Ju", "Laurence": "Lau", "Louis": "Ti-Louis",
    "Louise": "Loulou", "Luc": "Ti-Luc", "Margaret": "Maggie", "Marguerite": "Margot", "Mathieu": "Mat",
    "Mathilde": "Mat", "Maurice": "Momo", "Maxime": "Max", "Mélanie": "Mél", "Michel": "Mike", "Michelle": "Mimi",
    "Nathalie": "Nat", "Nathan": "Nate", "Nicolas": "Nic", "Nicole": "Nic", "Olivier": "Oli", "Olivia": "Liv",
    "Patricia": "Pat", "Patrick": "Pat", "Paul": "Ti-Paul", "Pénélope": "Penny", "Philippe": "Phil",
    "Pierre": "Ti-Pierre", "Raphaël": "Raph", "Raymond": "Ray", "Richard": "Rick", "Robert": "Bob", "Rosalie": "Rose",
    "Samuel": "Sam", "Sébastien": "Seb", "Sophie": "So", "Stéphane": "Steph", "Stéphanie": "Steph", "Théodore": "Théo",
    "Thomas": "Tom", "Timothée": "Tim", "Valérie": "Val", "Vanessa": "Van", "Véronique": "Véro", "Victor": "Vic",
    "Vincent": "Vince", "Virginie": "Virgie", "William": "Will", "Xavier": "Xav", "Zacharie": "Zac",
    "Abigail": "Abby", "Alexander": "Alex", "Alexandria": "Alex", "Allison": "Allie", "Amanda": "Mandy",
    "Andrea": "Andie", "Andrew": "Andy", "Angela": "Angie", "Anthony": "Tony", "Barbara": "Barb", "Bradley": "Brad",
    "Cassandra": "Cassie", "Christina": "Tina", "Christopher": "Chris", "Cynthia": "Cindy", "Deborah": "Debbie",
    "Donald": "Don", "Douglas": "Doug", "Edward": "Ed", "Elizabeth": "Liz", "Emily": "Em", "Frederick": "Fred",
    "Gerald": "Gerry", "Gregory": "Greg", "Isabella": "Bella", "Jacob": "Jake", "James": "Jim", "Jeffrey": "Jeff",
    "Jennifer": "Jenny", "Jeremy": "Jerry", "John": "Jack", "Joshua": "Josh", "Katherine": "Kathy",
    "Kathleen": "Kathy", "Kenneth": "Ken", "Kimberly": "Kim", "Lawrence": "Larry", "Madeline": "Maddie",
    "Matthew": "Matt", "Melissa": "Mel", "Michael": "Mike", "Mitchell": "Mitch", "Natalie": "Nat", "Nathaniel": "Nate",
    "Nicholas": "Nick", "Pamela": "Pam", "Peter": "Pete", "Phillip": "Phil", "Rachel": "Rach", "Rebecca": "Becky",
    "Ronald": "Ron", "Samantha": "Sam", "Sandra": "Sandy", "Stephanie": "Steph", "Stephen": "Steve",
    "Steven": "Steve", "Susan": "Sue", "Teresa": "Terry", "Timothy": "Tim", "Tyler": "Ty", "Valerie": "Val",
    "Veronica": "Ronnie", "Victoria": "Vicky", "Zachary": "Zach",
    "Bob": "Robert", "Cathy": "Catherine", "Chris": "Christopher", "Dan": "Daniel", "Dave": "David",
    "Debbie": "Deborah", "Jim": "James", "Kathy": "Katherine", "Kim": "Kimberly", "Mike": "Michael", "Pam": "Pamela",
    "Steve": "Stephen", "Sue": "Susan", "Tom": "Thomas", "Tony": "Anthony",
}  # fmt: skip
